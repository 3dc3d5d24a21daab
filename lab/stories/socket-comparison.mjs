// @ts-check
// Our TCP and Linux's, each to the same Linux through wireguard-go, over the same impaired wire, in the same run.
import assert from 'node:assert/strict';
import { nodeProcess } from '../lib/node-process.mjs';
import { INNER, OUTER, PORT, peerOf, throughWire } from '../lib/tunnel.mjs';
import { newKeyPair } from '../lib/wg.mjs';
import { wireguardGo } from '../lib/wireguard-go.mjs';

/**
 * @typedef {import('../lib/lab.mjs').Lab} Lab
 * @typedef {import('../lib/wire.mjs').Impairment} Impairment
 * @typedef {import('../lib/json-lines.mjs').JsonLines} JsonLines
 *
 * @typedef {object} Condition
 * @property {string} says
 * @property {Impairment} wire
 * @property {number} bytes
 * @property {boolean} [alone] ours only: Linux's own may wait for minutes
 * @property {boolean} [bounded] ours may take 1.25 times as long
 *
 * @typedef {{ ms: number, equal: boolean }} Taken
 */

const TEN = 10_000_000;
const DEADLINE = 600_000;
const MOST = 1.25;
/** Where a transfer takes a second: whose first SYN is lost takes another one, and with 10 % loss that is each fifth. */
const TIMES = 9;
/** Where it takes minutes, or is not compared. */
const FEW_TIMES = 3;
/** With CUBIC and heavy loss each segment waits for timeouts, which double up to two minutes: one transfer of many takes as long as all the others. */
const LITTLE = 20_000;
/** 40 ms there and back. */
const DELAY = 20;
/** Inside the tunnel: ours on host a, beside its kernel's. */
const OURS = '10.88.0.3';
export const SINK = 7_001;
const SOURCE = 7_002;
const NOTHING = { loss: 0, duplicate: 0, reorder: 0 };

/** @param {number} percent @returns {Condition} */
const lossOf = (percent) => ({
  says: `loss ${percent} %`,
  wire: { loss: percent / 100 },
  bytes: TEN,
  bounded: true,
});

/** @type {Readonly<Record<string, Condition>>} */
export const CONDITIONS = Object.fromEntries([
  ...[0, 1, 5, 10].map((percent) => [`loss-${percent}`, lossOf(percent)]),
  ...[20, 30].map((percent) => [`loss-${percent}`, { ...lossOf(percent), bytes: 200_000, alone: true, bounded: false }]),
  ...[5, 25].map((percent) => [`reorder-${percent}`, { says: `reordered ${percent} %`, wire: { reorder: percent / 100 }, bytes: TEN }]),
  ...[5, 50].map((percent) => [
    `duplicate-${percent}`,
    { says: `duplicated ${percent} %`, wire: { duplicate: percent / 100 }, bytes: TEN },
  ]),
]);

/**
 * How much is transferred.
 * @param {'cubic' | 'bbr'} congestion
 * @param {Condition} condition
 */
export function bytesOf(congestion, { alone, bytes }) {
  return alone && congestion === 'cubic' ? LITTLE : bytes;
}

/**
 * @param {Lab} lab
 * @param {'cubic' | 'bbr'} congestion control of all three stacks
 * @param {Condition} condition
 */
export async function compareWithLinux(lab, congestion, condition) {
  const { wire, ...underlay } = await throughWire(lab, { seed: 6 });
  const { linux, ours } = await threeStacks(underlay, congestion);
  // With losses CUBIC is far below what the machine can do: all transfers may go on at once, and it takes long enough as it is.
  const together = congestion === 'cubic' && (condition.wire.loss ?? 0) > 0;
  const slow = [];
  await wire.set({ ...NOTHING, delayMs: DELAY, ...condition.wire });
  for (const { direction, theirs, mine } of await transfers(
    { ...condition, bytes: bytesOf(congestion, condition) },
    linux,
    ours,
    together,
  )) {
    assert.ok(mine.every((one) => one.equal) && theirs?.every((one) => one.equal) !== false, `${direction}: the hash differs`);
    const ratio = theirs === undefined ? undefined : median(mine) / median(theirs);
    const line = `${condition.says}, ${direction}: ${all(mine)}${theirs ? `, Linux ${all(theirs)}, ratio of medians ${ratio?.toFixed(2)}` : ''}`;
    lab.note(line);
    if (condition.bounded && ratio !== undefined && ratio > MOST) slow.push(line);
  }
  assert.deepEqual(slow, [], `slower than ${MOST} times Linux`);
}

/** @param {readonly Taken[]} taken */
const median = (taken) => Number(taken.map(({ ms }) => ms).sort((a, b) => a - b)[taken.length >> 1]);

/** @param {readonly Taken[]} taken */
const all = (taken) => `${taken.map(({ ms }) => (ms / 1_000).toFixed(1)).join(' ')} s`;

/**
 * Several times, because what is lost is a matter of luck; by turns, because the machine is not always as quick.
 * @param {Condition} condition
 * @param {JsonLines} linux
 * @param {JsonLines} ours
 * @param {boolean} together both stacks and both directions at once
 */
async function transfers({ bytes, alone = false }, linux, ours, together) {
  const pairs = [];
  for (const direction of /** @type {const} */ (['send', 'receive'])) {
    const task = { host: INNER.b[4], port: direction === 'send' ? SINK : SOURCE, bytes };
    const one = (/** @type {JsonLines} */ stack) => stack.request(direction, task, { deadline: DEADLINE });
    const theirs = [];
    const mine = [];
    for (let time = 0; time < (alone || together ? FEW_TIMES : TIMES); time++) {
      theirs.push(alone ? undefined : one(linux));
      if (!together) await theirs.at(-1);
      mine.push(one(ours));
      if (!together) await mine.at(-1);
    }
    pairs.push(
      Promise.all([Promise.all(theirs), Promise.all(mine)]).then(([theirs, mine]) => ({
        direction,
        theirs: alone ? undefined : theirs,
        mine,
      })),
    );
  }
  return Promise.all(pairs);
}

/**
 * Chooses congestion control: of the route, because not every machine lets a namespace choose it for all connections. Nothing is remembered from one connection to the next.
 * @param {import('../lib/wireguard-go.mjs').WireguardGo} side
 * @param {'cubic' | 'bbr'} congestion
 */
async function control({ host, device }, congestion) {
  await host.exec(['sysctl', '-qw', 'net.ipv4.tcp_no_metrics_save=1']);
  await host.ip('route', 'replace', '10.88.0.0/24', 'dev', device, 'congctl', congestion);
}

/**
 * Host b runs wireguard-go and servers; host a runs it, too, and beside it a node of ours.
 * @param {Pick<import('../lib/tunnel.mjs').Underlay, 'a' | 'b'>} underlay
 * @param {'cubic' | 'bbr'} congestion
 */
export async function threeStacks({ a, b }, congestion) {
  const keys = { a: newKeyPair(), b: newKeyPair(), ours: newKeyPair() };
  const there = await wireguardGo(b, 'current', { key: keys.b, port: PORT, addresses: [`${INNER.b[4]}/24`] });
  const here = await wireguardGo(a, 'current', { key: keys.a, port: PORT, addresses: [`${INNER.a[4]}/24`] });
  await here.setPeer(peerOf('b', keys.b.public));
  await there.setPeer(peerOf('a', keys.a.public));
  await there.setPeer({ publicKey: keys.ours.public, endpoint: `${OUTER.a[4]}:${PORT + 1}`, allowedIps: [`${OURS}/32`] });
  for (const side of [here, there]) await control(side, congestion);
  const { channel: servers } = await nodeProcess(b, 'socket-peer.mjs', { name: 'servers' });
  await servers.request('listen', { kind: 'sink', port: SINK });
  await servers.request('listen', { kind: 'source', port: SOURCE });
  const { channel: linux } = await nodeProcess(a, 'socket-peer.mjs', { name: 'linux' });
  const { channel: ours } = await nodeProcess(a, 'socket-node.mjs', { name: 'ours' });
  const peer = { ...peerOf('b', keys.b.public), allowedIps: [`${INNER.b[4]}/32`] };
  await ours.request('start', { privateKey: keys.ours.private, port: PORT + 1, addresses: [`${OURS}/24`], congestion, peer });
  return { linux, ours };
}
