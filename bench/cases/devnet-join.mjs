// @ts-check
import { Asked } from '../rigs/processes.mjs';

const RIG = new URL('../rigs/join-nodes.mjs', import.meta.url);
const FEW = 50;
/** The aim is 1,000 in 30 s. Work grows with their square, since each sees all others: a round of so many takes minutes today. */
const MANY = Number(process.env.HEDDLE_JOIN_NODES ?? 200);
const SECOND = 1_000;

/** @param {number} nodes */
async function joined(nodes) {
  const stop = new AbortController();
  const child = new Asked(RIG, [String(nodes)], stop.signal, ['--max-old-space-size=8192']);
  try {
    const { took } = await child.answer();
    return { value: took / SECOND };
  } finally {
    await child.end();
    stop.abort();
  }
}

/** @type {readonly import('../run.mjs').Case[]} */
export const cases = [
  {
    name: 'devnet-join',
    says: `until ${MANY} nodes of one process, on a network in memory, have joined a devnet in the same process and each sees all others, against ${FEW}; ours at most 30 for 1,000`,
    unit: 's',
    better: 'lower',
    ours: () => joined(MANY),
    reference: () => joined(FEW),
  },
];
