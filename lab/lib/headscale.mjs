// @ts-check
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { derpMap, REGION } from './derper.mjs';
import { folder } from './folder.mjs';

/** The binary. No registry has it, so that it is there only where somebody names one. */
export const HEADSCALE = process.env.HEADSCALE ?? '';
export const USER = 'lab';
const SUFFIX = 'lab.example.com';
const ALLOW_ALL = { acls: [{ action: 'accept', src: ['*'], dst: ['*:*'] }] };

/**
 * @typedef {object} HeadscaleNode what `headscale nodes list -o json` says of a node
 * @property {string | number} id
 * @property {string} givenName
 * @property {string} nodeKey
 * @property {string[]} ipAddresses
 * @property {boolean} [online]
 * @property {string[]} [approvedRoutes]
 * @property {string[]} [tags]
 */

/**
 * Starts Headscale inside a host, with one user and a policy that lets everybody in.
 * @param {import('./namespace.mjs').Namespace} host
 * @param {string} address of the host
 */
export async function headscale(host, address) {
  const server = new Headscale(host, address, await folder(host.lab, 'hs'));
  await server.policy(ALLOW_ALL);
  await server.start();
  await server.cli('users', 'create', USER);
  return server;
}

/** Headscale, and its command line. */
export class Headscale {
  #starts = 0;
  /** @type {import('./process.mjs').Process | undefined} */
  process;

  /**
   * @param {import('./namespace.mjs').Namespace} host
   * @param {string} address
   * @param {string} home
   */
  constructor(host, address, home) {
    this.host = host;
    this.home = home;
    this.address = address;
    this.url = `http://${address}:8080`;
  }

  /** With what it kept. */
  async start() {
    await writeFile(this.#path('derp.yaml'), derpYaml(derpMap(this.address)));
    await writeFile(this.#path('config.yaml'), JSON.stringify(this.#config()));
    this.process = await this.host.start(`headscale-${++this.#starts}`, [HEADSCALE, '-c', this.#path('config.yaml'), 'serve']);
    await this.process.says(this.host.lab, 'listening and serving HTTP on', { deadline: 20_000 });
  }

  /** Ends it as a crash would. */
  async kill() {
    await this.process?.kill();
  }

  /**
   * Runs a command of its, which answers in JSON.
   * @param {...string} args
   * @returns {Promise<any>}
   */
  async cli(...args) {
    const said = await this.host.exec([HEADSCALE, '-c', this.#path('config.yaml'), ...args, '-o', 'json']);
    return said.trim() === '' ? undefined : JSON.parse(said, camelCased);
  }

  /**
   * A key that registers nodes without a person.
   * @param {...string} flags such as `--ephemeral`
   * @returns {Promise<string>}
   */
  async authKey(...flags) {
    return (await this.cli('preauthkeys', 'create', '--user', '1', '--reusable', '--expiration', '24h', ...flags)).key;
  }

  /** @returns {Promise<HeadscaleNode[]>} */
  async nodes() {
    return (await this.cli('nodes', 'list')) ?? [];
  }

  /** @param {string} name @returns {Promise<HeadscaleNode | undefined>} */
  async node(name) {
    return (await this.nodes()).find((node) => node.givenName === name);
  }

  /**
   * Runs a command about one node.
   * @param {string} command
   * @param {string} name
   * @param {...string} args
   */
  async change(command, name, ...args) {
    const node = await this.node(name);
    if (node === undefined) throw new Error(`Headscale knows no ${name}`);
    return this.cli('nodes', command, '-i', String(node.id), ...args);
  }

  /** Replaces its policy, also while it runs. @param {object} policy */
  async policy(policy) {
    await writeFile(this.#path('policy.json'), JSON.stringify(policy));
    this.process?.child.kill('SIGHUP');
  }

  #config() {
    return {
      server_url: this.url,
      listen_addr: `${this.address}:8080`,
      metrics_listen_addr: '127.0.0.1:9090',
      grpc_listen_addr: '127.0.0.1:50443',
      unix_socket: this.#path('sock'),
      noise: { private_key_path: this.#path('noise.key') },
      prefixes: { v4: '100.64.0.0/10', v6: 'fd7a:115c:a1e0::/48' },
      database: { type: 'sqlite', sqlite: { path: this.#path('db.sqlite') } },
      derp: { urls: [], paths: [this.#path('derp.yaml')], auto_update_enabled: false, server: { enabled: false } },
      dns: { magic_dns: true, base_domain: SUFFIX, override_local_dns: false, nameservers: { global: [] } },
      policy: { mode: 'file', path: this.#path('policy.json') },
      disable_check_updates: true,
      // Without this, every registration waits for a tick of half a second.
      tuning: { node_store_batch_timeout: '5ms' },
      log: { level: 'info' },
    };
  }

  /** @param {string} name */
  #path(name) {
    return join(this.home, name);
  }
}

/** The names of a DERPMap in lower case, and the number of the region as a number. @param {ReturnType<typeof derpMap>} map */
function derpYaml({ Regions }) {
  const lower = (/** @type {object} */ value) =>
    Object.fromEntries(Object.entries(value).map(([name, inner]) => [name.toLowerCase(), inner]));
  const region = Regions[REGION];
  return `regions:\n  ${REGION}: ${JSON.stringify({ ...lower(region ?? {}), nodes: region?.Nodes.map(lower) })}\n`;
}

/** Releases differ in how they write the names of members. @param {string} _name @param {any} value */
function camelCased(_name, value) {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name.replace(/_(.)/g, (_, c) => c.toUpperCase()), inner]));
}
