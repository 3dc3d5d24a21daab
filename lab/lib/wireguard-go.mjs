// @ts-check
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { program } from '../peers.mjs';
import { addAddresses } from './link.mjs';
import { ping } from './ping.mjs';
import { isRunning } from './process.mjs';
import { until } from './wait.mjs';
import { peerLines, peerStatus, uapi } from './wg.mjs';

/**
 * @typedef {import('./peer.mjs').PeerOptions} PeerOptions
 * @typedef {import('./peer.mjs').Peer} Peer
 */

const SOCKETS = '/var/run/wireguard';

/** Our program that takes their place. */
export const HEDDLE_WG = fileURLToPath(new URL('../../packages/wg/bin/heddle-wg.mjs', import.meta.url));

/** The two versions that matter: upstream's head with GSO and GRO, and Debian's of 2022 without. And ours, which is driven like them. */
const VERSIONS = /** @type {const} */ ({
  current: () => program('wireguard'),
  debian: async () => '/usr/bin/wireguard-go',
  wg: async () => HEDDLE_WG,
});

/**
 * Starts wireguard-go with a TUN device inside a host.
 * @param {import('./namespace.mjs').Namespace} host
 * @param {keyof typeof VERSIONS} version
 * @param {PeerOptions} options
 * @returns {Promise<WireguardGo>}
 */
export async function wireguardGo(host, version, options) {
  const peer = new WireguardGo(host, await VERSIONS[version](), host.lab.unique('wg'), options);
  await peer.start();
  return peer;
}

/**
 * A wireguard-go and the kernel of its host.
 * @implements {Peer}
 */
export class WireguardGo {
  /** @type {import('./wg.mjs').PeerConfig[]} */
  #peers = [];
  #starts = 0;
  /** @type {import('./process.mjs').Process | undefined} */
  process;

  /**
   * @param {import('./namespace.mjs').Namespace} host
   * @param {string} path
   * @param {string} device unique on the machine, because the sockets of all namespaces lie in one folder
   * @param {PeerOptions} options
   */
  constructor(host, path, device, options) {
    this.host = host;
    this.path = path;
    this.device = device;
    this.options = options;
    this.socket = join(SOCKETS, `${device}.sock`);
  }

  async start() {
    const { lab } = this.host;
    const { key, port, addresses, mtu = 1420 } = this.options;
    const name = `wireguard-${++this.#starts}`;
    this.process = await this.host.start(name, [this.path, '-f', this.device], {
      env: { LOG_LEVEL: 'verbose', WG_PROCESS_FOREGROUND: '1', ...this.options.env },
    });
    lab.defer(() => rm(this.socket, { force: true }));
    await until(lab, `${this.device} answers on its socket`, () => uapi(this.socket, 'get').catch(() => undefined));
    await this.#set([`private_key=${key.private}`, `listen_port=${port}`, ...this.#peers.flatMap(peerLines)]);
    await this.host.ip('link', 'set', this.device, 'mtu', String(mtu), 'up');
    await addAddresses(this.host, this.device, addresses);
  }

  /** @param {readonly string[]} lines */
  #set(lines) {
    return uapi(this.socket, 'set', lines);
  }

  /** @param {import('./wg.mjs').PeerConfig} peer */
  async setPeer(peer) {
    this.#peers = [...this.#peers.filter((one) => one.publicKey !== peer.publicKey), peer];
    await this.#set(peerLines(peer));
  }

  /** @param {string} publicKey */
  async removePeer(publicKey) {
    this.#peers = this.#peers.filter((one) => one.publicKey !== publicKey);
    await this.#set([`public_key=${publicKey}`, 'remove=true']);
  }

  /** @param {string} publicKey */
  async peer(publicKey) {
    return peerStatus(await uapi(this.socket, 'get'), publicKey);
  }

  /**
   * @param {string} address
   * @param {import('./peer.mjs').PingOptions} [options]
   */
  ping(address, options) {
    return ping(this.host, address, options);
  }

  async cpu() {
    return (await this.process?.cpu()) ?? 0;
  }

  /** Ends the program as a crash would and starts it again with the same keys and peers, and no session. */
  async restart() {
    await this.process?.kill();
    await rm(this.socket, { force: true });
    await this.start();
  }
}

/** Removes sockets of runs that were killed before they could clean up; the owner is in the name that `unique` made. */
export async function removeDeadSockets() {
  for (const name of await readdir(SOCKETS).catch(() => [])) {
    const owner = /^hl([0-9a-z]+)wg\d+\.sock$/.exec(name)?.[1];
    if (owner !== undefined && !isRunning(Number.parseInt(owner, 36))) await rm(join(SOCKETS, name), { force: true });
  }
}
