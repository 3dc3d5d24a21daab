// @ts-check
// Nodes that join a devnet, all in this process: node join-nodes.mjs COUNT. Tells its parent how long that takes, and of what work.
import { ts2021 } from '@heddle/control-ts2021';
import { createNode } from '@heddle/core';
import { startDevnet } from '@heddle/devnet';
import { MemoryNetwork, memory, memoryStack } from '@heddle/testing';

const COUNT = Number(process.argv[2]);
/** A program that starts many nodes does not start all of them in one turn. */
const AT_ONCE = 50;
const MEBI = 2 ** 20;

const devnet = await startDevnet({ authKeys: [{ key: 'key' }] });
const network = new MemoryNetwork();
const nodes = Array.from({ length: COUNT }, (_, n) => {
  const hostname = `node-${n}`;
  return createNode({ hostname }, [ts2021({ url: devnet.url, authKey: 'key' }), memory({ network, name: hostname }), memoryStack()]);
});
/** @type {(value?: unknown) => void} */
let settle = () => {};
const settled = new Promise((resolve) => {
  settle = resolve;
});
let seeing = 0;
let changes = 0;
for (const node of nodes) {
  let sees = false;
  node.netmap$.subscribe(({ map }) => {
    changes += 1;
    if (sees || map.peers.size < COUNT - 1) return;
    sees = true;
    seeing += 1;
    if (seeing === COUNT) settle();
  });
}

const began = performance.now();
const before = process.cpuUsage();
const waiting = [...nodes];
await Promise.all(Array.from({ length: AT_ONCE }, startOneAfterTheOther));
const running = performance.now() - began;
await settled;
const took = performance.now() - began;
const { user, system } = process.cpuUsage(before);
process.send?.({ running, took, cpu: (user + system) / 1_000, changes, rss: process.memoryUsage.rss() / MEBI });

async function startOneAfterTheOther() {
  for (let node = waiting.shift(); node !== undefined; node = waiting.shift()) await node.start();
}
