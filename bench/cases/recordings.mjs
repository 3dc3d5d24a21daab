// @ts-check
import { chooseCrypto } from '@heddle/crypto';
import { Pcap, pcap, TrafficLog, trafficLog } from '@heddle/metrics';
import { PlanePair } from '../rigs/plane-pair.mjs';
import { StreamPair } from '../rigs/stream-pair.mjs';

const BATCH = { packets: 64, length: 1_420 };
/** Calls and bytes before it is the other's turn: what is recorded in a turn fits into the queue. */
const CALLS = 8;
const BYTES = 1_000_000;
const TURNS = 200;
const STREAM_TURNS = 60;

/**
 * @typedef {import('../run.mjs').Figure} Figure
 * @typedef {import('@heddle/core').HeddleNode} HeddleNode
 * @typedef {import('@heddle/metrics').Recording} Recording
 *
 * @typedef {object} Pair
 * @property {readonly HeddleNode[]} nodes
 * @property {() => Promise<void> | void} turn
 * @property {() => Promise<void>} close
 */

let round = 0;

/** Packets from Stack to Stack, without the event loop. @returns {Promise<Pair>} */
async function plane() {
  const pair = new PlanePair(chooseCrypto(), BATCH);
  await pair.start();
  const turn = () => {
    for (let call = 0; call < CALLS; call++) pair.pass();
  };
  return { nodes: pair.nodes, turn, close: () => pair.close() };
}

/** Bytes of one stream; both watched and plain ones are opened after what watches them has come. */
async function stream() {
  const pair = new StreamPair();
  await pair.start();
  return { nodes: pair.nodes, open: () => pair.open(), turn: () => pair.move(BYTES), close: () => pair.close() };
}

/** Nothing is kept of what is recorded. */
const nowhere = () => {};

/** @param {HeddleNode} node */
async function installed(node) {
  await node.add(pcap());
  await node.add(trafficLog());
}

/** @param {HeddleNode} node */
async function capturing(node) {
  await installed(node);
  return node.get(Pcap).start({ to: nowhere });
}

/** @param {HeddleNode} node */
async function logging(node) {
  await installed(node);
  return node.get(TrafficLog).start({ to: nowhere });
}

/**
 * Processor time of turns with and without, one after the other: units of work a second of a core, by the median turn.
 * @param {() => Promise<Pair & { open?: () => Promise<void> }>} make
 * @param {(node: HeddleNode) => Promise<Recording | void>} besides
 * @param {{ turns: number, units: number }} work
 */
async function sideBySide(make, besides, { turns, units }) {
  const both = [await make(), await make()];
  // Where their memory lies matters as much as what is measured.
  const [watched, plain] = round++ % 2 === 0 ? both : both.toReversed();
  if (watched === undefined || plain === undefined) throw new Error('there are two');
  const recordings = [];
  for (const node of watched.nodes) recordings.push(await besides(node));
  for (const pair of both) await pair.open?.();
  /** @type {Record<'ours' | 'reference', number[]>} */
  const spent = { ours: [], reference: [] };
  for (let turn = 0; turn < turns; turn++) {
    spent.ours.push(await timed(watched));
    spent.reference.push(await timed(plain));
  }
  if (recordings.some((one) => one && (one.counts.dropped > 0 || one.counts.written === 0))) throw new Error('not all was recorded');
  for (const pair of both) await pair.close();
  return { ours: figure(spent.ours, units), reference: figure(spent.reference, units) };
}

/** Microseconds of the processor. @param {Pair} pair */
async function timed(pair) {
  const before = process.cpuUsage();
  await pair.turn();
  // The queues are emptied in the next turns of the event loop.
  await new Promise((done) => setTimeout(done, 2));
  const { user, system } = process.cpuUsage(before);
  return user + system;
}

/** @param {number[]} spent @param {number} units @returns {Figure} */
function figure(spent, units) {
  const middle = Number(spent.sort((x, y) => x - y)[spent.length >> 1]);
  return { value: units / middle };
}

/**
 * @param {string} name
 * @param {string} says
 * @param {() => Promise<{ ours: Figure, reference: Figure }>} measure both at the first question; the second is answered from that
 * @param {string} unit
 * @returns {import('../run.mjs').Case}
 */
function compared(name, says, measure, unit) {
  /** @type {Partial<Record<'ours' | 'reference', Figure>>} */
  let found = {};
  const answer = async (/** @type {'ours' | 'reference'} */ side) => {
    if (found[side] === undefined) found = await measure();
    const figureOf = /** @type {Figure} */ (found[side]);
    delete found[side];
    return figureOf;
  };
  return { name, says, unit, better: 'higher', ours: () => answer('ours'), reference: () => answer('reference') };
}

const PACKETS = { turns: TURNS, units: CALLS * BATCH.packets * 1_000 };
const MEGABITS = { turns: STREAM_TURNS, units: BYTES * 8 };

/** @type {readonly import('../run.mjs').Case[]} */
export const cases = [
  compared(
    'recordings-installed',
    'two nodes in memory with pcap and trafficLog, of which nothing runs, against none; ours is to be 1x',
    () => sideBySide(plane, installed, PACKETS),
    'kpackets/s of a core',
  ),
  compared(
    'recordings-capture',
    'the same while both capture clear and outer packets, which go nowhere',
    () => sideBySide(plane, capturing, PACKETS),
    'kpackets/s of a core',
  ),
  compared(
    'recordings-stream-installed',
    'a stream between two netstacks, with pcap and trafficLog of which nothing runs, against none; ours is to be 1x',
    () => sideBySide(stream, installed, MEGABITS),
    'Mbit/s of a core',
  ),
  compared(
    'recordings-log',
    'a stream between two netstacks while both log it, to nowhere',
    () => sideBySide(stream, logging, MEGABITS),
    'Mbit/s of a core',
  ),
];
