// @ts-check
// Every kind of NAT against every kind, in one tailnet: each node has a NAT of its own, so that no pair helps another.
import assert from 'node:assert/strict';
import { internet, placed } from '../lib/internet.mjs';
import { NAT_KINDS } from '../lib/nat.mjs';
import { until } from '../lib/wait.mjs';
import { KEY } from './control.mjs';
import { acquainted, mate, reaches } from './mate.mjs';

/**
 * @typedef {import('../lib/lab.mjs').Lab} Lab
 * @typedef {import('./mate.mjs').Mate} Mate
 * @typedef {import('./mate.mjs').MateKind} MateKind
 * @typedef {import('../lib/nat.mjs').NatKind} NatKind
 * @typedef {{ from: NatKind, to: NatKind, outcome: 'direct' | 'relay', reached: number, took: number }} Meeting
 */

/** What tailscaled and tailscaled make of it. Theory allows the same. */
export const STAYS_ON_RELAY = ['restricted-symmetric', 'symmetric-restricted', 'symmetric-symmetric'];
/** Milliseconds. */
const BY_RELAY = 2_000;
const DIRECT = 5_000;
/** Where the first round of its pings went by too early, a tailscaled needs a second one. */
export const DIRECT_OF_THEIRS = 12_000;

/**
 * All sixteen pairs: one after the other meets, and while the next do they look for a path.
 * @param {Lab} lab
 * @param {MateKind} left
 * @param {MateKind} right
 * @param {number} [within] milliseconds after which a pair counts as one that stays on the relay
 * @returns {Promise<Meeting[]>}
 */
export async function matrix(lab, left, right, within = DIRECT) {
  const { net, control } = await internet(lab, { authKey: KEY });
  /** @type {Record<string, Mate>} */
  const mates = {};
  const one = async (
    /** @type {string} */ side,
    /** @type {MateKind} */ who,
    /** @type {NatKind} */ kind,
    /** @type {number} */ number,
  ) => {
    const host = await placed(net, { name: `${side}-${kind}`, kind, number });
    mates[host.role] = await mate(who, host, { control, authKey: KEY });
  };
  for (const [n, kind] of NAT_KINDS.entries()) await Promise.all([one('a', left, kind, 1 + n), one('b', right, kind, 11 + n)]);
  await acquainted(Object.values(mates));
  const pairs = NAT_KINDS.flatMap((from) => NAT_KINDS.map((to) => ({ from, to })));
  const of = (/** @type {string} */ name) => /** @type {Mate} */ (mates[name]);
  /** @type {Promise<Meeting>[]} */
  const meetings = [];
  for (const { from, to } of pairs) {
    const [a, b] = [of(`a-${from}`), of(`b-${to}`)];
    const begun = performance.now();
    const reached = await reaches(a, b, 2 * BY_RELAY);
    meetings.push(outcome(a, b, within).then((found) => ({ from, to, outcome: found, reached, took: performance.now() - begun })));
  }
  return Promise.all(meetings);
}

/**
 * Packets go on until both send directly, or the time is over.
 * @param {Mate} a
 * @param {Mate} b
 * @param {number} within
 * @returns {Promise<'direct' | 'relay'>}
 */
async function outcome(a, b, within) {
  const end = performance.now() + within;
  const found = async () => {
    await a.ping(b.address, 200);
    if (performance.now() > end) return 'relay';
    return (await a.direct(b.name)) && (await b.direct(a.name)) && 'direct';
  };
  return (await until(a.host.lab, 'a path, or the end', found, { every: 100, deadline: 2 * within })) === 'relay' ? 'relay' : 'direct';
}

/**
 * The pairs meet as theory allows, and in time.
 * @param {Lab} lab
 * @param {readonly Meeting[]} meetings
 */
export function asExpected(lab, meetings) {
  const names = (/** @type {readonly Meeting[]} */ some) => some.map(({ from, to }) => `${from}-${to}`);
  const direct = meetings.filter(({ outcome }) => outcome === 'direct');
  lab.note(`first answer after at most ${Math.round(Math.max(...meetings.map(({ reached }) => reached)))} ms`);
  lab.note(`${direct.length} direct, after at most ${Math.round(Math.max(...direct.map(({ took }) => took)))} ms`);
  assert.deepEqual(names(meetings.filter(({ outcome }) => outcome === 'relay')), STAYS_ON_RELAY);
  assert.deepEqual(names(meetings.filter(({ reached }) => reached > BY_RELAY)), []);
}
