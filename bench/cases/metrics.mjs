// @ts-check
import { chooseCrypto } from '@heddle/crypto';
import { Metrics, metrics } from '@heddle/metrics';
import { crowdedNode } from '../rigs/crowded-node.mjs';
import { PlanePair } from '../rigs/plane-pair.mjs';
import { SideBySide } from '../rigs/side-by-side.mjs';

const BATCH = { packets: 64, length: 1_420 };
/** Milliseconds between two looks: ten times as often as snapshots$ does, a hundred times as often as a usual scraper. */
const LOOK_EVERY = 100;
const PEERS = 10_000;
const FEW = 100;
const SCRAPES = 20;

/** @type {Promise<SideBySide> | undefined} */
let started;

async function throughput() {
  const crypto = chooseCrypto();
  const [watched, plain] = [new PlanePair(crypto, BATCH), new PlanePair(crypto, BATCH)];
  await watched.start();
  await plain.start();
  /** @type {Metrics[]} */
  const looks = [];
  for (const node of watched.nodes) {
    await node.add(metrics());
    looks.push(node.get(Metrics));
  }
  let next = 0;
  const ours = () => {
    watched.pass();
    if (performance.now() < next) return;
    next = performance.now() + LOOK_EVERY;
    for (const look of looks) look.text();
  };
  const bench = new SideBySide({ ours, reference: () => plain.pass(), packets: BATCH.packets, turns: 300 });
  bench.measure('ours');
  bench.measure('reference');
  return bench;
}

/** @param {'ours' | 'reference'} side */
async function measured(side) {
  started ??= throughput();
  return (await started).measure(side);
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
    says: `two nodes in memory, batches of ${BATCH.packets}, ${BATCH.length} bytes, with metrics that are read ${1_000 / LOOK_EVERY} times a second against none; ours at least 0.97x`,
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
