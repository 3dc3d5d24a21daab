// @ts-check
import { program } from '../peers.mjs';
import { JsonLines } from './json-lines.mjs';
import { cable } from './link.mjs';
import { namespace } from './namespace.mjs';

/**
 * @typedef {object} Impairment what a direction does to frames; what is not named stays as it is
 * @property {'left' | 'right'} [direction] towards which end; both when absent
 * @property {number} [delayMs]
 * @property {number} [jitterMs]
 * @property {number} [loss] probability, 0 to 1
 * @property {number} [duplicate] probability
 * @property {number} [reorder] probability
 * @property {number} [reorderByMs] how long a reordered frame is held back; 10 by default
 * @property {number} [corrupt] probability that one bit flips
 * @property {number} [rateMbit] 0 for no limit
 * @property {number} [queueBytes] how much may wait for the rate; 256 KiB by default
 * @property {number} [mtu] longer IP packets vanish; 0 for no limit
 * @property {boolean} [blocked] nothing passes
 */

/**
 * Lays a cable that can be impaired while it is used. ARP, neighbour discovery and multicast are only ever delayed or blocked.
 * @param {import('./lab.mjs').Lab} lab
 * @param {import('./link.mjs').End} left
 * @param {import('./link.mjs').End} right
 * @param {{ seed?: number, role?: string, mtu?: number }} [options]
 */
export async function wire(lab, left, right, { seed = 1, role = 'wire', mtu = 1500 } = {}) {
  const middle = await namespace(lab, role);
  await middle.exec(['sysctl', '-qw', 'net.ipv6.conf.default.disable_ipv6=1']);
  await cable(left, { host: middle, device: 'left' }, { mtu, offload: false });
  await cable(right, { host: middle, device: 'right' }, { mtu, offload: false });
  const running = await middle.start('wire', [await program('wire'), '-seed', String(seed)], { talks: true });
  const { stdin, stdout } = running.child;
  if (stdin === null || stdout === null) throw new Error('the wire has no pipes');
  const channel = new JsonLines(role, stdin, stdout);
  await channel.event('ready');
  return {
    process: running,
    /** @param {Impairment} impairment */
    set: (impairment) => channel.request('set', impairment),
    /** @returns {Promise<{ left: Counters, right: Counters }>} */
    counters: () => channel.request('counters'),
  };
}

/**
 * @typedef {Record<'frames' | 'bytes' | 'sent' | 'lost' | 'duplicated' | 'reordered' | 'corrupted' | 'queueDropped' | 'mtuDropped' | 'blocked' | 'heldDropped' | 'sendFailed' | 'kernelDropped', number>} Counters
 */
