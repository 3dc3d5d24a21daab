// @ts-check
import { join } from 'node:path';
import { program } from '../peers.mjs';
import { folder } from './folder.mjs';
import { askSocket } from './unix-http.mjs';
import { until } from './wait.mjs';

/** Where a tailscaled without a TUN device takes connections into the tailnet, as SOCKS5 and HTTP proxy. */
export const PROXY_PORT = 1055;

/**
 * @typedef {import('./namespace.mjs').Namespace} Namespace
 *
 * @typedef {object} TailscaledOptions
 * @property {{ readonly url: string }} control
 * @property {string} [name] in the tailnet; the host's role by default
 * @property {boolean} [tun] a TUN device, rather than a stack of its own
 * @property {string} [authKey]
 * @property {NodeJS.ProcessEnv} [env] of its process
 * @property {number} [port] of its UDP socket; 41641 by default
 *
 * @typedef {object} PeerStatus what `tailscale status --json` says of a node
 * @property {string} ID
 * @property {string} HostName
 * @property {string} DNSName
 * @property {string} OS
 * @property {string[]} TailscaleIPs
 * @property {boolean} Online
 * @property {string[]} [PrimaryRoutes]
 * @property {string[]} [Tags]
 * @property {boolean} [Expired]
 * @property {string} CurAddr
 * @property {string} Relay the code of its home region
 * @property {string} PublicKey
 */

/**
 * Starts Tailscale's own client inside a host and waits until it is in the tailnet.
 * @param {Namespace} host
 * @param {TailscaledOptions} options
 */
export async function tailscaled(host, options) {
  const client = new Tailscaled(host, options, await folder(host.lab, 'ts'));
  await client.start();
  await client.up();
  return client;
}

/** A tailscaled, and the `tailscale` that speaks to it. */
export class Tailscaled {
  #starts = 0;
  /** @type {import('./process.mjs').Process | undefined} */
  process;

  /**
   * @param {Namespace} host
   * @param {TailscaledOptions} options
   * @param {string} home
   */
  constructor(host, options, home) {
    this.host = host;
    this.options = options;
    this.home = home;
    this.name = options.name ?? host.role;
    this.socket = join(home, 'sock');
  }

  async start() {
    const tun = this.options.tun ? 'tailscale0' : 'userspace-networking';
    const proxy = [`--socks5-server=127.0.0.1:${PROXY_PORT}`, `--outbound-http-proxy-listen=127.0.0.1:${PROXY_PORT}`];
    const kept = [
      `--state=${join(this.home, 'state')}`,
      `--statedir=${this.home}`,
      `--socket=${this.socket}`,
      `--port=${this.options.port ?? 41_641}`,
    ];
    const argv = [await program('tailscaled'), `--tun=${tun}`, ...kept, '--no-logs-no-support', ...proxy];
    const env = { TS_NO_LOGS_NO_SUPPORT: 'true', TS_DEBUG_FIREWALL_MODE: 'nftables', ...this.options.env };
    this.process = await this.host.start(`tailscaled-${++this.#starts}`, argv, { env });
    await until(this.host.lab, `the tailscaled of ${this.name} answers`, () => this.local('status').catch(() => undefined));
  }

  /** Joins, and returns when the client says that it runs. */
  async up() {
    const { control, authKey } = this.options;
    const key = authKey === undefined ? [] : [`--authkey=${authKey}`];
    await this.cli('up', `--login-server=${control.url}`, `--hostname=${this.name}`, '--accept-dns=false', '--timeout=20s', ...key);
  }

  /**
   * Runs `tailscale` and returns what it printed.
   * @param {...string} args
   */
  async cli(...args) {
    return this.host.exec([await program('tailscale'), `--socket=${this.socket}`, ...args], { deadline: 25_000 });
  }

  /**
   * Asks the LocalAPI.
   * @param {string} path under /localapi/v0/
   * @param {{ method?: string, body?: unknown, signal?: AbortSignal }} [options]
   */
  async local(path, options = {}) {
    const headers = { Host: 'local-tailscaled.sock' };
    const text = await askSocket(this.socket, { path: `/localapi/v0/${path}`, headers, signal: this.host.lab.signal, ...options });
    return text === '' ? undefined : JSON.parse(text);
  }

  /** @returns {Promise<{ BackendState: string, Self: PeerStatus, Peer: Record<string, PeerStatus> | null }>} */
  async status() {
    return JSON.parse(await this.cli('status', '--json'));
  }

  /** Its IPv4 address in the tailnet. */
  async address() {
    return (await this.cli('ip', '-4')).trim();
  }

  /**
   * What it knows of a peer, by the first label of its name, once the peer is there and as asked for.
   * @param {string} name
   * @param {(peer: PeerStatus) => boolean} [isSo]
   */
  peer(name, isSo = () => true) {
    return until(
      this.host.lab,
      `${this.name} sees ${name} as it shall be`,
      async () => (await this.peers()).find((peer) => peer.DNSName.split('.')[0] === name && isSo(peer)),
      { every: 100 },
    );
  }

  /** @returns {Promise<PeerStatus[]>} */
  async peers() {
    return Object.values((await this.local('status'))?.Peer ?? {});
  }

  /** What control has told it, as it keeps it. @returns {Promise<{ Peers: Record<string, any>[] }>} */
  async netmap() {
    return JSON.parse(await this.cli('debug', 'netmap'));
  }

  /** @param {string} address */
  async whois(address) {
    return JSON.parse(await this.cli('whois', '--json', address));
  }

  /**
   * Pings until the path is direct, and says over which address the last answer came.
   * @param {string} target name or address
   */
  async pingDirectly(target) {
    const said = await this.cli('ping', '-c', '10', '--timeout=2s', target);
    const path = /via (\S+) in \S+\s*$/.exec(said)?.[1];
    if (path === undefined) throw new Error(`no direct path to ${target}:\n${said}`);
    return path;
  }

  /**
   * Milliseconds of one packet there and back inside the tunnel; undefined when none came back in time.
   * @param {string} address
   * @param {number} timeout
   * @returns {Promise<number | undefined>}
   */
  async pingInside(address, timeout) {
    const asked = { method: 'POST', signal: AbortSignal.timeout(timeout) };
    const answer = await this.local(`ping?ip=${address}&type=ICMP`, asked).catch(() => undefined);
    return answer === undefined || answer.Err !== '' ? undefined : answer.LatencySeconds * 1_000;
  }

  /** Ends it as a crash would, and starts it again with the same state. */
  async restart() {
    await this.process?.kill();
    await this.start();
  }
}
