// @ts-check
import { Asked } from '../rigs/processes.mjs';

const RIG = new URL('../rigs/join-nodes.mjs', import.meta.url);
const FEW = 50;
const MANY = Number(process.env.HEDDLE_JOIN_NODES ?? 1_000);
const SECOND = 1_000;
const PROCESS = 'nodes of one process, on a network in memory, have joined a devnet in the same process';

/**
 * @param {number} nodes
 * @param {'running' | 'took'} until they run, or each sees all others
 */
async function joined(nodes, until) {
  const stop = new AbortController();
  const child = new Asked(RIG, [String(nodes)], stop.signal, ['--max-old-space-size=8192']);
  try {
    const answer = await child.answer();
    return { value: answer[until] / SECOND };
  } finally {
    await child.end();
    stop.abort();
  }
}

/** @type {readonly import('../run.mjs').Case[]} */
export const cases = [
  {
    name: 'devnet-join',
    says: `until ${MANY} ${PROCESS} and run, against ${FEW}; at most 30 for 1,000`,
    unit: 's',
    better: 'lower',
    ours: () => joined(MANY, 'running'),
    reference: () => joined(FEW, 'running'),
  },
  {
    name: 'devnet-join-all-seen',
    says: `until ${MANY} ${PROCESS} and each sees all others, which is work that grows with their square, against ${FEW}`,
    unit: 's',
    better: 'lower',
    ours: () => joined(MANY, 'took'),
    reference: () => joined(FEW, 'took'),
  },
];
