// @ts-check
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { folder } from '../../lab/lib/folder.mjs';
import { site } from '../../lab/lib/site.mjs';
import { program } from '../../lab/peers.mjs';
import { KEY } from '../../lab/stories/control.mjs';

const SCRIPT = fileURLToPath(new URL('relayed-node.mjs', import.meta.url));

/**
 * @typedef {import('../../lab/lib/lab.mjs').Lab} Lab
 * @typedef {import('../../lab/lib/namespace.mjs').Namespace} Namespace
 * @typedef {'ours' | 'tsnet'} Kind
 * @typedef {{ bytes: number, seconds: number, cpu: number }} Moved
 *
 * @typedef {object} Measured
 * @property {Moved} moved one stream: bytes, seconds, and seconds of processor time of the sender
 * @property {number[]} connected milliseconds that connections in a row took to open, sorted
 *
 * @typedef {object} Task
 * @property {'serve' | 'measure'} what
 * @property {string} [peer]
 * @property {number} [seconds]
 * @property {number} [connections]
 */

/**
 * A control server and one derper, and two hosts that have no other way to each other than that derper: UDP goes nowhere.
 * @param {Lab} lab
 */
export async function relayedSite(lab) {
  const { hosts, control } = await site(lab, ['a', 'b'], { relay: true, flags: ['-auth-key', KEY] });
  for (const host of Object.values(hosts)) await dropUdp(host);
  return { hosts, url: control.url };
}

/**
 * What one node measures towards another of its kind.
 * @param {Kind} kind
 * @param {{ url: string, server: Namespace, client: Namespace, seconds: number, connections: number }} between
 * @returns {Promise<Measured>}
 */
export async function measured(kind, { url, server, client, seconds, connections }) {
  const serving = await started(kind, server, url, { what: 'serve' });
  const { address: peer } = await serving.says();
  const measuring = await started(kind, client, url, { what: 'measure', peer, seconds, connections });
  await measuring.says();
  const { moved, connected } = await measuring.says();
  await Promise.all([serving.process.stop(), measuring.process.stop()]);
  return { moved, connected: connected.sort((/** @type {number} */ x, /** @type {number} */ y) => x - y) };
}

/**
 * @param {Kind} kind
 * @param {Namespace} host
 * @param {string} url
 * @param {Task} task
 */
async function started(kind, host, url, task) {
  const hostname = `${kind}-${host.role}`;
  const argv = kind === 'ours' ? oursFor(url, hostname, task) : await tsnetFor(host, url, hostname, task);
  const process = await host.start(`${kind}-${task.what}`, argv, { talks: true });
  const { stdout } = process.child;
  if (stdout === null) throw new Error(`${hostname} has no output`);
  const lines = createInterface({ input: stdout })[Symbol.asyncIterator]();
  const says = async () => {
    const { value, done } = await lines.next();
    if (done) throw new Error(`${hostname} has ended:\n${await process.log()}`);
    return JSON.parse(value);
  };
  return { process, says };
}

/**
 * @param {string} url
 * @param {string} hostname
 * @param {Task} task
 */
function oursFor(url, hostname, task) {
  return [process.execPath, SCRIPT, JSON.stringify({ url, authKey: KEY, hostname, ...task })];
}

/**
 * @param {Namespace} host
 * @param {string} url
 * @param {string} hostname
 * @param {Task} task
 */
async function tsnetFor(host, url, hostname, { what, peer = '', seconds = 0, connections = 0 }) {
  const joins = ['-control', url, '-auth-key', KEY, '-hostname', hostname, '-dir', await folder(host.lab, 'tsnet')];
  const measures = ['-peer', peer, '-seconds', String(seconds), '-connections', String(connections)];
  return [await program('tsnet'), ...joins, ...(what === 'measure' ? measures : []), what];
}

/** @param {Namespace} host */
function dropUdp(host) {
  return host.nft(`
    table inet no_udp {
      chain in { type filter hook input priority 0; iifname "eth0" meta l4proto udp drop; }
      chain out { type filter hook output priority 0; oifname "eth0" meta l4proto udp drop; }
    }
  `);
}
