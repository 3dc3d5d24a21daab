// @ts-check
import { folder } from './folder.mjs';
import { nodeProcess } from './node-process.mjs';
import { until } from './wait.mjs';

/**
 * @typedef {import('./namespace.mjs').Namespace} Namespace
 *
 * @typedef {object} TailnetNodeOptions
 * @property {{ readonly url: string }} control
 * @property {string} [name] in the tailnet; the host's role by default
 * @property {string} [authKey]
 * @property {boolean} [ephemeral]
 * @property {boolean} [tun] the kernel of the host is its Stack, rather than one of its own
 * @property {readonly string[]} [flags] of Node itself
 * @property {boolean} [everywhere] with relays, and disco to find direct paths; it has only direct UDP by default
 * @property {number} [port] of its UDP socket; 41641 by default
 * @property {{ ca?: string[], proxy?: string }} [web] how it reaches control and relays, which prove themselves then: certificates in PEM, an HTTP proxy
 *
 * @typedef {object} NetmapPeer
 * @property {string} id
 * @property {string} name
 * @property {string} nodeKey hexadecimal
 * @property {string} [discoKey] hexadecimal
 * @property {readonly string[]} addresses
 * @property {readonly string[]} allowedIps
 * @property {readonly string[]} [offeredRoutes]
 * @property {readonly string[]} endpoints
 * @property {string} [homeRelay]
 * @property {boolean} [online]
 * @property {boolean} [expired]
 * @property {string} [os]
 * @property {string} [hostname]
 * @property {string} [user]
 * @property {readonly string[]} [tags]
 * @property {readonly string[]} capabilities
 */

/**
 * Starts a node of ours that joins the tailnet; lab/nodes/tailnet-node.mjs composes it. Does not wait until it has joined.
 * @param {Namespace} host
 * @param {TailnetNodeOptions} options
 */
export async function tailnetNode(host, options) {
  const node = new TailnetNode(host, options, await folder(host.lab, 'ours'));
  await node.start();
  return node;
}

/** A Heddle node of a tailnet, in a process of its own. */
export class TailnetNode {
  #starts = 0;
  /** @type {Awaited<ReturnType<typeof nodeProcess>> | undefined} */
  #running;

  /**
   * @param {Namespace} host
   * @param {TailnetNodeOptions} options
   * @param {string} home where its state is kept
   */
  constructor(host, options, home) {
    this.host = host;
    this.options = options;
    this.home = home;
    this.name = options.name ?? host.role;
  }

  /** With the state of last time. */
  async start() {
    const { control, authKey, ephemeral, tun, everywhere, flags, web, port = 41_641 } = this.options;
    const settings = { url: control.url, hostname: this.name, state: this.home, authKey, ephemeral, tun, everywhere, web, port };
    const env = { HEDDLE_LAB: JSON.stringify(settings) };
    this.#running = await nodeProcess(this.host, 'tailnet-node.mjs', { name: `ours-${++this.#starts}`, env, ...(flags && { flags }) });
  }

  /**
   * What its script answers.
   * @param {string} method
   * @param {unknown} [params]
   * @param {{ deadline?: number }} [options]
   */
  request(method, params, options) {
    if (this.#running === undefined) throw new Error(`the node ${this.name} is not started`);
    return this.#running.channel.request(method, params, options);
  }

  /**
   * Waits until it runs; milliseconds from the start of its process.
   * @param {number} [deadline]
   * @returns {Promise<number>}
   */
  running(deadline = 10_000) {
    return until(this.host.lab, `${this.name} runs`, async () => (await this.request('running')) ?? undefined, { deadline });
  }

  /**
   * Its state, once it is the one asked for.
   * @param {'NeedsLogin' | 'NeedsMachineAuth' | 'Starting' | 'Running' | 'Stopped'} wanted
   * @returns {Promise<{ is: string, reason?: string, url?: string }>}
   */
  state(wanted) {
    return until(this.host.lab, `${this.name} is ${wanted}`, async () => {
      const state = await this.request('state');
      return state?.is === wanted && state;
    });
  }

  /** @returns {Promise<{ name: string, addresses: string[], peers: NetmapPeer[] }>} */
  netmap() {
    return this.request('netmap');
  }

  /** Its IPv4 address in the tailnet. */
  async address() {
    return (await this.netmap()).addresses[0]?.split('/')[0] ?? '';
  }

  /**
   * What it knows of a peer, once the peer is there and as asked for.
   * @param {string} name
   * @param {(peer: NetmapPeer) => boolean} [isSo]
   */
  peer(name, isSo = () => true) {
    return until(this.host.lab, `${this.name} sees ${name} as it shall be`, async () =>
      (await this.netmap()).peers.find((peer) => peer.name.split('.')[0] === name && isSo(peer)),
    );
  }

  /**
   * The ways of its packets to a peer, the first one in front of what gets copies, and since when (milliseconds since 1970).
   * @param {string} name
   * @returns {Promise<{ at: number, ways: string[], reason: string } | undefined>}
   */
  async path(name) {
    return (await this.request('paths'))[name];
  }

  /** What its process has logged. */
  async log() {
    return (await this.#running?.process.log()) ?? '';
  }

  /** Says goodbye and ends. */
  async close() {
    await this.request('close');
    await this.#running?.process.stop();
  }

  /** Ends it as a crash would. */
  async kill() {
    await this.#running?.process.kill();
  }
}
