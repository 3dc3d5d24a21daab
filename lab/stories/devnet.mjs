// @ts-check
// A site whose control server, relay and STUN server are heddle-devnet.
import { fileURLToPath } from 'node:url';
import { folder } from '../lib/folder.mjs';
import { CENTRE, site } from '../lib/site.mjs';

export const KEY = 'devnet-lab-key';
const PROGRAM = fileURLToPath(new URL('../../packages/devnet/bin/heddle-devnet.mjs', import.meta.url));
const PORT = 8_090;

/**
 * Hosts as in site(), and a devnet beside the site's own servers.
 * @template {string} Name
 * @param {import('../lib/lab.mjs').Lab} lab
 * @param {readonly Name[]} names
 */
export async function devnetSite(lab, names) {
  const { hosts, centre } = await site(lab, names);
  const control = new DevnetProcess(centre, await folder(lab, 'devnet'));
  await control.start();
  return { hosts, centre, control };
}

/** heddle-devnet in a process of its own. Nodes take it for a control server. */
export class DevnetProcess {
  #starts = 0;
  /** @type {import('../lib/process.mjs').Process | undefined} */
  process;
  url = `http://${CENTRE}:${PORT}`;

  /**
   * @param {import('../lib/namespace.mjs').Namespace} host
   * @param {string} home
   */
  constructor(host, home) {
    this.host = host;
    this.home = home;
  }

  /** With the state of last time. */
  async start() {
    await this.host.exec(['sh', '-c', `printf %s ${KEY} > ${this.home}/key`]);
    const flags = ['--address', CENTRE, '--port', `${PORT}`, '--state', `${this.home}/state`, '--auth-key-file', `${this.home}/key`];
    this.process = await this.host.start(`devnet-${++this.#starts}`, [process.execPath, PROGRAM, ...flags]);
    await this.process.says(this.host.lab, 'serving');
  }

  /** Ends it as a crash would. */
  async kill() {
    await this.process?.kill();
  }
}
