// @ts-check
import { setTimeout as later } from 'node:timers/promises';
import { Asked } from '../rigs/processes.mjs';

const SERVER = new URL('../rigs/map-server.mjs', import.meta.url);
const NODE = new URL('../rigs/map-node.mjs', import.meta.url);
const PEERS = 10_000;
const FEW = 10;
const RATE = 1_000;
const SECONDS = Number(process.env.HEDDLE_STORM_SECONDS ?? 5);

/**
 * A node of its own process before a server of its own process.
 * @template T
 * @param {number} peers
 * @param {(parts: { server: Asked, node: Asked, running: any }) => Promise<T>} use
 */
async function joined(peers, use) {
  const stop = new AbortController();
  const server = new Asked(SERVER, [String(peers)], stop.signal);
  const { port } = await server.answer();
  const node = new Asked(NODE, [String(port)], stop.signal);
  try {
    const running = await node.answer();
    if (running.peers !== peers) throw new Error(`Running with ${running.peers} peers of ${peers}`);
    return await use({ server, node, running });
  } finally {
    await node.end();
    await server.end();
    stop.abort();
  }
}

/** @param {number} peers */
const untilRunning = (peers) =>
  joined(peers, async ({ server, running }) => ({ value: running.runningAt - (await server.ask({ ask: 'wrote' })).wroteAt }));

/** @param {number} peers */
const stormed = (peers) =>
  joined(peers, async ({ server, node }) => {
    const before = await node.ask('watch');
    const { sent } = await server.ask({ ask: 'storm', rate: RATE, seconds: SECONDS });
    for (;;) {
      const now = await node.ask('how');
      if (now.seq - before.seq >= sent) return { before, now };
      await later(20);
    }
  });

/** @type {readonly import('../run.mjs').Case[]} */
export const cases = [
  {
    name: 'large-map',
    says: `from the first byte of a map of ${PEERS} peers, ready at the server, until the node is Running, against ${FEW} peers; ours at most 1,500, better 700`,
    unit: 'ms',
    better: 'lower',
    ours: () => untilRunning(PEERS),
    reference: () => untilRunning(FEW),
  },
  {
    name: 'large-map-memory',
    says: `resident memory of a node with ${PEERS} peers after ${RATE} changes a second for ${SECONDS} s, against ${FEW} peers; ours at most 250`,
    unit: 'MiB',
    better: 'lower',
    ours: async () => ({ value: (await stormed(PEERS)).now.rss }),
    reference: async () => ({ value: (await stormed(FEW)).now.rss }),
  },
  {
    name: 'large-map-loop',
    says: `99 of 100 waits of the event loop during ${RATE} changes a second for ${SECONDS} s, ${PEERS} peers against ${FEW}; ours at most 50`,
    unit: 'ms',
    better: 'lower',
    ours: async () => ({ value: (await stormed(PEERS)).now.p99 }),
    reference: async () => ({ value: (await stormed(FEW)).now.p99 }),
  },
];
