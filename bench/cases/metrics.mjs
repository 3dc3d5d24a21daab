// @ts-check
import { chooseCrypto } from '@heddle/crypto';
import { Metrics, metrics } from '@heddle/metrics';
import { crowdedNode } from '../rigs/crowded-node.mjs';
import { PlanePair } from '../rigs/plane-pair.mjs';
import { SideBySide } from '../rigs/side-by-side.mjs';

const BATCH = { packets: 64, length: 1_420 };
/** Packets between two looks: some a second, where a scraper comes each ten seconds. By packets, so that a busy machine changes nothing. */
const LOOK_EVERY = 100_000;
const PEERS = 10_000;
const FEW = 100;
const SCRAPES = 20;

/** @typedef {import('../run.mjs').Figure} Figure */

/** What the other side of a round was answered from. @type {Partial<Record<'ours' | 'reference', Figure>>} */
let found = {};
let round = 0;

/** Two pairs side by side, made anew each round and in another order, because where their memory lies matters as much as metrics do. */
async function pairs() {
  const crypto = chooseCrypto();
  const both = [new PlanePair(crypto, BATCH), new PlanePair(crypto, BATCH)];
  for (const pair of both) await pair.start();
  const [watched, plain] = round++ % 2 === 0 ? both : both.toReversed();
  if (watched === undefined || plain === undefined) throw new Error('there are two');
  /** @type {Metrics[]} */
  const looks = [];
  for (const node of watched.nodes) {
    await node.add(metrics());
    looks.push(node.get(Metrics));
  }
  return { watched, plain, looks };
}

async function throughput() {
  const { watched, plain, looks } = await pairs();
  let unseen = 0;
  const ours = () => {
    watched.pass();
    unseen += BATCH.packets;
    if (unseen < LOOK_EVERY) return;
    unseen = 0;
    for (const look of looks) look.text();
  };
  const bench = new SideBySide({ ours, reference: () => plain.pass(), packets: BATCH.packets, turns: 300 });
  const figures = { ours: bench.measure('ours'), reference: bench.measure('reference') };
  for (const pair of [watched, plain]) await pair.close();
  return figures;
}

/** @param {'ours' | 'reference'} side @returns {Promise<Figure>} */
async function measured(side) {
  const kept = found[side];
  if (kept === undefined) found = await throughput();
  const figure = kept ?? found[side];
  delete found[side];
  if (figure === undefined) throw new Error('nothing was measured');
  return figure;
}

/** @param {number} peers milliseconds of processor time that a scrape takes */
async function scrapeTime(peers) {
  const { node, metrics: numbers } = await crowdedNode(peers);
  numbers.text();
  const before = process.cpuUsage();
  for (let i = 0; i < SCRAPES; i++) if (!numbers.text().includes('heddle_peers{')) throw new Error('no peers in the text');
  const { user, system } = process.cpuUsage(before);
  await node.close();
  return { value: (user + system) / 1_000 / SCRAPES };
}

/** @type {readonly import('../run.mjs').Case[]} */
export const cases = [
  {
    name: 'metrics',
    says: `two nodes in memory, batches of ${BATCH.packets}, ${BATCH.length} bytes, with metrics that are read each ${LOOK_EVERY} packets against none; ours at least 0.97x`,
    unit: 'kpackets/s',
    better: 'higher',
    ours: () => measured('ours'),
    reference: () => measured('reference'),
  },
  {
    name: 'metrics-scrape',
    says: `a scrape of a node with ${PEERS} peers, one row a peer within the bound, against ${FEW} peers; ours at most 100`,
    unit: 'ms',
    better: 'lower',
    ours: () => scrapeTime(PEERS),
    reference: () => scrapeTime(FEW),
  },
];
