// @ts-check
import { nodeProcess } from './node-process.mjs';
import { startPeer } from './peer.mjs';
import { ping } from './ping.mjs';
import { INNER, PORT, peerOf } from './tunnel.mjs';
import { newKeyPair } from './wg.mjs';

/**
 * @typedef {import('./peer.mjs').PeerOptions} PeerOptions
 * @typedef {import('./peer.mjs').Peer} Peer
 * @typedef {import('./peer.mjs').Kind | 'tun'} Kind tun is a node of ours with the kernel of its host as its Stack
 * @typedef {{ dns?: readonly string[], peers?: readonly import('./wg.mjs').PeerConfig[], tun?: object }} TunNodeOptions beside the usual ones
 */

/**
 * Starts a node of ours with a TUN interface inside a host.
 * @param {import('./namespace.mjs').Namespace} host
 * @param {PeerOptions & TunNodeOptions} options
 */
export async function tunNode(host, options) {
  const node = new TunNode(host, options);
  await node.start();
  return node;
}

/**
 * A Heddle node in a process of its own, composed by lab/nodes/tun-node.mjs, and the kernel of its host.
 * @implements {Peer}
 */
export class TunNode {
  /** @type {readonly import('./wg.mjs').PeerConfig[]} */
  #peers;
  #starts = 0;
  /** @type {Awaited<ReturnType<typeof nodeProcess>> | undefined} */
  #running;

  /**
   * @param {import('./namespace.mjs').Namespace} host
   * @param {PeerOptions & TunNodeOptions} options
   */
  constructor(host, options) {
    this.host = host;
    this.options = options;
    this.device = host.lab.unique('tun');
    this.stateFolder = host.lab.path(`tun-state-${host.role}`);
    this.#peers = options.peers ?? [];
  }

  /** @param {readonly string[]} [flags] of Node itself */
  async start(flags = []) {
    await this.spawn(flags);
    await this.begin();
  }

  /**
   * The process alone.
   * @param {readonly string[]} [flags]
   */
  async spawn(flags = []) {
    this.#running = await nodeProcess(this.host, 'tun-node.mjs', { name: `tun-${++this.#starts}`, flags });
  }

  /** The node in it. */
  begin() {
    const { key, port, addresses, mtu = 1420, dns, tun } = this.options;
    const options = { name: this.device, stateFolder: this.stateFolder, ...tun };
    return this.request('start', { privateKey: key.private, port, addresses, mtu, dns, peers: this.#peers, tun: options });
  }

  /** @param {string} method @param {unknown} [params] */
  request(method, params) {
    if (this.#running === undefined) throw new Error(`the node on ${this.host.role} is not started`);
    return this.#running.channel.request(method, params);
  }

  /** What it told unasked. */
  get events() {
    return this.#running?.channel.events ?? [];
  }

  async kill() {
    await this.#running?.process.kill();
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

  /** @param {string} publicKey */
  async peer(publicKey) {
    return (await this.request('peer', { publicKey })) ?? undefined;
  }

  /**
   * @param {string} address
   * @param {import('./peer.mjs').PingOptions} [options]
   */
  ping(address, options) {
    return ping(this.host, address, options);
  }

  async cpu() {
    return (await this.#running?.process.cpu()) ?? 0;
  }

  async restart() {
    await this.kill();
    await this.start();
  }
}

/**
 * A tunnel as `tunnel` makes it, whose ends may be of the kind `tun`.
 * @param {import('./tunnel.mjs').Underlay} underlay
 * @param {{ left: Kind, right: Kind, outer?: 4 | 6, mtu?: number }} options
 */
export async function tunTunnel(underlay, { left, right, outer = 4, mtu = 1420 }) {
  const keys = { a: newKeyPair(), b: newKeyPair() };
  const begin = (/** @type {'a' | 'b'} */ side, /** @type {Kind} */ kind) => {
    const addresses = [`${INNER[side][4]}/24`, `${INNER[side][6]}/64`];
    const options = { key: keys[side], port: PORT, addresses, mtu };
    return kind === 'tun' ? tunNode(underlay[side], options) : startPeer(underlay[side], kind, options);
  };
  const a = await begin('a', left);
  const b = await begin('b', right);
  await a.setPeer(peerOf('b', keys.b.public, outer));
  await b.setPeer(peerOf('a', keys.a.public, outer));
  return { a, b, keys };
}
