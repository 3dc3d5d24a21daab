// @ts-check
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { program } from '../peers.mjs';
import { folder } from './folder.mjs';
import { askSocket } from './unix-http.mjs';
import { until } from './wait.mjs';

/**
 * @typedef {import('./namespace.mjs').Namespace} Namespace
 *
 * @typedef {object} ControlOptions
 * @property {string} address where clients come: `10.77.0.1:8080`
 * @property {string} [name] of its log, where there are several; `control` by default
 * @property {readonly string[]} [flags] others of interop/control: `['-interactive']`
 *
 * @typedef {object} ControlNode a node as the server keeps it (tailcfg.Node)
 * @property {number} ID
 * @property {string} StableID
 * @property {string} Key
 * @property {string} Machine
 * @property {string} Name
 * @property {string[]} Addresses
 * @property {string[]} [Endpoints]
 * @property {string} [DiscoKey]
 * @property {number} HomeDERP its home region; 0: none
 * @property {boolean} [Online]
 * @property {string} [KeyExpiry]
 * @property {string[]} [Tags]
 * @property {any} Hostinfo
 */

/**
 * Starts the control server of interop/control inside a host.
 * @param {Namespace} host
 * @param {ControlOptions} options
 */
export async function controlServer(host, options) {
  const server = new ControlServer(host, options, await folder(host.lab, 'control'));
  await server.start();
  return server;
}

/** The lab's control server, and its admin port; interop/control/admin.go lists what that can do. */
export class ControlServer {
  #starts = 0;
  /** @type {import('./process.mjs').Process | undefined} */
  process;

  /**
   * @param {Namespace} host
   * @param {ControlOptions} options
   * @param {string} home
   */
  constructor(host, options, home) {
    this.host = host;
    this.options = options;
    this.home = home;
    this.url = `http://${options.address}`;
    this.tracePath = host.lab.path(`${options.name ?? 'control'}-trace.jsonl`);
  }

  /** Starts it with the keys and nodes of last time. */
  async start() {
    const kept = ['-admin', this.#path('admin'), '-state', this.#path('state'), '-trace', this.tracePath];
    const argv = [await program('control'), '-listen', this.options.address, ...kept, ...(this.options.flags ?? [])];
    this.process = await this.host.start(`${this.options.name ?? 'control'}-${++this.#starts}`, argv);
    await this.process.says(this.host.lab, 'serving');
  }

  /** Ends it as a crash would. */
  async kill() {
    await this.process?.kill();
  }

  /** @param {string} name */
  #path(name) {
    return join(this.home, name);
  }

  /**
   * One request to the admin port.
   * @param {string} method
   * @param {string} path
   * @param {unknown} [body]
   */
  ask(method, path, body) {
    return askSocket(this.#path('admin'), { method, path, body, signal: this.host.lab.signal });
  }

  /** @returns {Promise<ControlNode[]>} */
  async nodes() {
    return JSON.parse(await this.ask('GET', '/nodes')) ?? [];
  }

  /**
   * A node by the first label of its name, once it is there.
   * @param {string} name
   */
  node(name) {
    return until(this.host.lab, `${name} is registered`, async () => (await this.nodes()).find((node) => node.Name.split('.')[0] === name));
  }

  /**
   * Replaces a field of every whole map: one of the map's own, of its `Node.` or of all its `Peers.`.
   * @param {string} field
   * @param {unknown} value
   * @param {string} [scope] the one node that gets such maps; all by default
   */
  overlay(field, value, scope = '*') {
    return this.ask('PUT', `/overlay/${encodeURIComponent(scope)}/${field}`, value);
  }

  /** What has passed so far: requests of nodes, and what they were answered.
   * @returns {Promise<{ at: string, kind: string, who: string, body: any }[]>} */
  async trace() {
    const text = await readFile(this.tracePath, 'utf8').catch(() => '');
    return text
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line));
  }
}
