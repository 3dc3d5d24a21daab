// @ts-check
// One subject in a process of its own, with a young generation of fixed size: prints what was allocated and how often it was collected.
import { PerformanceObserver } from 'node:perf_hooks';
import { setTimeout as later } from 'node:timers/promises';
import { chooseCrypto } from '@heddle/crypto';
import { subjects } from './subjects.mjs';
import { uncrypted } from './uncrypted.mjs';

const LENGTH = 1_420;
/** Packets before the count, so that V8 has compiled what it is going to compile. */
const WARM_UP = 400_000;

/** @type {import('node:perf_hooks').PerformanceEntry[]} */
const collections = [];
new PerformanceObserver((list) => collections.push(...list.getEntries())).observe({ entryTypes: ['gc'] });

const subject = subjects.find(({ name }) => name === process.argv[2]);
if (subject === undefined || gc === undefined) throw new Error('usage: node --expose-gc count.mjs SUBJECT');
const collect = gc;
const crypto = chooseCrypto();
const rig = subject.make(subject.sealed ? crypto : { ...crypto, packets: uncrypted }, { packets: subject.batch, length: LENGTH });
await rig.start?.();
await run(Math.min(WARM_UP, subject.packets));

const began = rig.received;
const windows = [];
for (let window = 0; window < subject.windows; window++) windows.push(await count(subject.packets / subject.windows));
if (rig.received - began < subject.packets) throw new Error(`${rig.received - began} of ${subject.packets} packets arrived`);
console.log(JSON.stringify(windows));
await rig.close?.();
process.exit();

/** @param {number} packets */
async function count(packets) {
  collect();
  await later(5);
  collections.length = 0;
  const before = process.memoryUsage();
  await run(packets);
  const after = process.memoryUsage();
  await later(5);
  return {
    collections: collections.length,
    heap: (after.heapUsed - before.heapUsed) / packets,
    external: (after.arrayBuffers - before.arrayBuffers) / packets,
  };
}

/** A rig that is synchronous stays so: a promise a batch would be counted too. */
async function run(/** @type {number} */ packets) {
  const rounds = packets / Number(subject?.batch);
  for (let round = 0; round < rounds; round++) {
    const pending = rig.pass();
    if (pending !== undefined) await pending;
  }
}
