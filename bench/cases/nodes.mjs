// @ts-check
import { Asked } from '../rigs/processes.mjs';

const RIG = new URL('../rigs/idle-nodes.mjs', import.meta.url);
const FROM = 100;
const TO = 200;

/** @param {number} peers */
async function perNode(peers) {
  const stop = new AbortController();
  const child = new Asked(RIG, [JSON.stringify({ peers, from: FROM, to: TO })], stop.signal, ['--expose-gc']);
  try {
    await child.answer();
    const { rss, nodes } = await child.answer();
    return { value: rss / nodes / 1024 };
  } finally {
    await child.end();
    stop.abort();
  }
}

/** @type {readonly import('../run.mjs').Case[]} */
export const cases = [
  {
    name: 'nodes',
    says: `resident memory of one node more, from ${FROM} to ${TO} in a process: with UDP sockets and 20 peers against no peers; ours at most 400`,
    unit: 'KiB',
    better: 'lower',
    ours: () => perNode(20),
    reference: () => perNode(0),
  },
];
