// @ts-check
// Two netstacks in memory: node --expose-gc netstack-pair.mjs '{"what": "speed", "cuts": true}'. Answers with one figure.
import { chooseCrypto, packetOffload } from '@heddle/crypto';
import { netstackModule } from './netstack-module.mjs';

/** @typedef {{ what: 'speed' | 'allocated' | 'accept' | 'idle', cuts?: boolean, congestion?: 'cubic' | 'bbr' }} Settings */

const { what, cuts = true, congestion = 'bbr' } = /** @type {Settings} */ (JSON.parse(String(process.argv[2])));
const { MemoryPair } = await netstackModule('memory-pair');
const now = () => performance.now();
/** @type {(time: number, run: () => void) => () => void} */
const at = (time, run) => {
  const timer = setTimeout(run, Math.max(0, time - now()));
  return () => clearTimeout(timer);
};
const gc = /** @type {() => void} */ (globalThis.gc);
const pair = new MemoryPair({ now, at, cuts, kernel: kernel(), tcp: { congestion, connections: 100_000 } });
const turn = () => new Promise((done) => setImmediate(done));
const works = { speed, allocated, accept, idle };
process.send?.(await works[what]());
process.exit();

/** What cuts super-packets in a node. */
function kernel() {
  const offload = packetOffload();
  if (offload === undefined) return undefined;
  const { packets } = chooseCrypto();
  return {
    allocate: (/** @type {number} */ bytes) => packets.allocate(bytes),
    segment: (/** @type {Parameters<typeof offload.segment>} */ ...cut) => offload.segment(...cut),
  };
}

/** Bytes moved in turns of a few milliseconds. @param {number} bytes */
async function move(bytes) {
  let moved = 0;
  while (moved < bytes) {
    moved += pair.pump(2_000_000);
    await turn();
  }
  return moved;
}

/** Gbit a second of processor time, and of the clock. */
async function speed() {
  await move(100e6);
  const cpu = process.cpuUsage();
  const begin = now();
  const moved = await move(200e6);
  const { user, system } = process.cpuUsage(cpu);
  return { value: (moved * 8) / ((user + system) * 1e3), wall: (moved * 8) / ((now() - begin) * 1e6) };
}

/** Bytes of garbage for each megabyte moved; counted while the collector has no reason to run. */
async function allocated() {
  await move(100e6);
  const counts = [];
  for (let round = 0; round < 5; round++) {
    gc();
    const before = process.memoryUsage();
    const moved = pair.pump(2_000_000) + pair.pump(2_000_000);
    const after = process.memoryUsage();
    counts.push((after.heapUsed - before.heapUsed + after.external - before.external) / (moved / 1e6));
    await turn();
  }
  return { value: Number(counts.sort((a, b) => a - b)[2]) };
}

/** Connections a second of processor time, both ends and the handshake's three segments. */
async function accept() {
  for (let port = 1; port <= 3_000; port++) pair.connect(port).reset();
  const cpu = process.cpuUsage();
  const count = 20_000;
  for (let i = 0; i < count; i++) pair.connect(4_000 + i).reset();
  const { user, system } = process.cpuUsage(cpu);
  return { value: (count * 1e6) / (user + system) };
}

/** Bytes of one connection more, of one end, when it has been silent for a while. */
async function idle() {
  const ends = [];
  const open = (/** @type {number} */ from, /** @type {number} */ to) => {
    for (let port = from; port < to; port++) ends.push(pair.connect(port));
  };
  open(1_000, 2_000);
  const before = await settled();
  open(2_000, 12_000);
  const after = await settled();
  return { value: (after - before) / 10_000 / 2 };
}

async function settled() {
  await new Promise((done) => setTimeout(done, 2_500));
  gc();
  gc();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
