// @ts-check
import { nodeProcess } from './node-process.mjs';

/**
 * @typedef {import('./peer.mjs').PeerOptions} PeerOptions
 * @typedef {import('./peer.mjs').Peer} Peer
 */

/**
 * Starts a node of ours, composed by lab/nodes/static-node.mjs, inside a host.
 * @param {import('./namespace.mjs').Namespace} host
 * @param {PeerOptions} options
 * @returns {Promise<OurNode>}
 */
export async function ourNode(host, options) {
  const node = new OurNode(host, options);
  await node.start();
  return node;
}

/** For running all rows with other providers of cryptography: `HEDDLE_LAB_CRYPTO='"noble"'`, or an object by primitive. */
const EVERYWHERE = process.env.HEDDLE_LAB_CRYPTO === undefined ? undefined : JSON.parse(process.env.HEDDLE_LAB_CRYPTO);

/**
 * A Heddle node in a process of its own. lab/nodes/README.md lists the methods that its script answers.
 * @implements {Peer}
 */
export class OurNode {
  /** @type {import('./wg.mjs').PeerConfig[]} */
  #peers = [];
  #starts = 0;
  /** @type {Awaited<ReturnType<typeof nodeProcess>> | undefined} */
  #running;

  /**
   * @param {import('./namespace.mjs').Namespace} host
   * @param {PeerOptions} options
   */
  constructor(host, options) {
    this.host = host;
    this.options = options;
  }

  async start() {
    const { key, port, addresses, mtu = 1420, crypto = EVERYWHERE } = this.options;
    this.#running = await nodeProcess(this.host, 'static-node.mjs', { name: `node-${++this.#starts}` });
    await this.request('start', { privateKey: key.private, port, addresses, mtu, peers: this.#peers, crypto });
  }

  /**
   * Anything else that the script can do.
   * @param {string} method
   * @param {unknown} [params]
   * @param {{ deadline?: number }} [options]
   */
  request(method, params, options) {
    if (this.#running === undefined) throw new Error(`the node on ${this.host.role} is not started`);
    return this.#running.channel.request(method, params, options);
  }

  /** @param {import('./wg.mjs').PeerConfig} peer */
  async setPeer(peer) {
    this.#peers = [...this.#peers.filter((one) => one.publicKey !== peer.publicKey), peer];
    await this.request('setPeer', peer);
  }

  /** @param {string} publicKey */
  async removePeer(publicKey) {
    this.#peers = this.#peers.filter((one) => one.publicKey !== publicKey);
    await this.request('removePeer', { publicKey });
  }

  /**
   * @param {string} publicKey
   * @returns {Promise<import('./wg.mjs').PeerStatus | undefined>}
   */
  async peer(publicKey) {
    return (await this.request('peer', { publicKey })) ?? undefined;
  }

  /**
   * @param {string} address
   * @param {import('./peer.mjs').PingOptions} [options]
   * @returns {Promise<import('./ping.mjs').Pinged>}
   */
  ping(address, { count = 1, interval = 0.01, size = 56, wait = 2 } = {}) {
    const deadline = (count * interval + wait + 10) * 1_000;
    return this.request('ping', { address, count, interval, size, wait }, { deadline });
  }

  async cpu() {
    return (await this.#running?.process.cpu()) ?? 0;
  }

  async restart() {
    await this.#running?.process.kill();
    await this.start();
  }
}
