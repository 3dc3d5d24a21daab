// @ts-check
// A node that joins a large tailnet: node map-node.mjs PORT. Tells its parent when it runs, and what that takes.
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { ts2021 } from '@heddle/control-ts2021';
import { createNode } from '@heddle/core/node';
import { netstack } from '@heddle/stack-netstack';
import { udp } from '@heddle/transport-udp';

const MEBI = 2 ** 20;
const url = `http://127.0.0.1:${process.argv[2]}`;
const node = createNode({ hostname: 'large' }, [ts2021({ url, authKey: 'key' }), udp(), netstack()]);
let seq = 0;
let peers = 0;
let running = false;
let told = false;
node.netmap$.subscribe(({ map, seq: number }) => {
  seq = number;
  peers = map.peers.size;
  tell();
});
node.state$.subscribe(({ is }) => {
  running = is === 'Running';
  tell();
});

/** Once it is Running and shows its peers. */
function tell() {
  if (told || !running || peers === 0) return;
  told = true;
  const { user, system } = process.cpuUsage();
  process.send?.({ runningAt: performance.timeOrigin + performance.now(), peers, cpu: (user + system) / 1_000 });
}

const loop = monitorEventLoopDelay({ resolution: 1 });
process.on('message', (/** @type {string} */ question) => {
  if (question === 'end') process.exit();
  if (question === 'watch') loop.enable();
  // A look comes after its millisecond at the earliest.
  process.send?.({ seq, peers, p99: loop.percentile(99) / 1e6 - 1, ...memory() });
});
await node.start();

/** MiB, as it is: nothing is collected for the purpose. */
function memory() {
  const { rss, heapUsed, heapTotal, external, arrayBuffers } = process.memoryUsage();
  return {
    rss: rss / MEBI,
    heapUsed: heapUsed / MEBI,
    heapTotal: heapTotal / MEBI,
    external: external / MEBI,
    arrayBuffers: arrayBuffers / MEBI,
  };
}
