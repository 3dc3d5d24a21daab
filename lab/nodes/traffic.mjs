// @ts-check
// Traffic that a node of ours makes or takes for a row.
import { createHash, randomFillSync } from 'node:crypto';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';

/** @typedef {import('@heddle/core').HeddleNode['flows']} Flows */

/** How long an echo of a blast may take. */
const ECHO_LIMIT = 500;
/** How often the event loop's delay is looked at. */
const DELAY_RESOLUTION = 5;
const NUMBER = 4;
const HASH = 32;
const WINDOW = 128;
const RETRY_AFTER = 200;

/**
 * Sends echoes in loops that wait for each answer: as many as the node manages beside what else it has to do.
 * @param {Flows} flows
 * @param {{ address: string, seconds: number, parallel: number }} params
 */
export async function blast(flows, { address, seconds, parallel }) {
  const counted = { answered: 0, lost: 0 };
  const delay = monitorEventLoopDelay({ resolution: DELAY_RESOLUTION });
  delay.enable();
  const end = performance.now() + seconds * 1_000;
  const loop = async () => {
    while (performance.now() < end) {
      const answered = await flows.ping?.(address, { signal: AbortSignal.timeout(ECHO_LIMIT) }).then(
        () => true,
        () => false,
      );
      counted[answered ? 'answered' : 'lost']++;
    }
  };
  await Promise.all(Array.from({ length: parallel }, loop));
  delay.disable();
  return { ...counted, delay: Math.max(0, delay.percentile(99) / 1e6 - DELAY_RESOLUTION) };
}

/**
 * Takes datagrams | number 4 | random bytes | SHA-256 of both 32 | until each number below the count has come.
 * @param {Flows} flows
 * @param {{ port: number, count: number }} params
 */
export async function collect(flows, { port, count }) {
  /** @type {Map<number, Buffer>} */
  const received = new Map();
  const counted = { changed: 0, twice: 0 };
  const bound = await flows.bindUdp?.({ port }, (lent, from) => {
    const datagram = Buffer.from(lent);
    if (!isWhole(datagram)) counted.changed++;
    else if (received.has(datagram.readUInt32BE(0))) counted.twice++;
    else received.set(datagram.readUInt32BE(0), datagram);
    bound?.send(datagram.subarray(0, NUMBER), from);
  });
  while (received.size < count) await sleep(20);
  // The last numbers may have to be told once more.
  setTimeout(() => void bound?.close(), 20 * RETRY_AFTER).unref();
  return { ...counted, sha256: hashOf([...received].sort(([a], [b]) => a - b).map(([, datagram]) => datagram)) };
}

/**
 * @param {Flows} flows
 * @param {{ address: string, port: number, count: number, size: number }} params
 */
export async function transfer(flows, { address, port, count, size }) {
  const datagrams = Array.from({ length: count }, (_, number) => numbered(number, size));
  const missing = new Map(datagrams.map((datagram, number) => [number, { datagram, sentAt: Number.NEGATIVE_INFINITY }]));
  const bound = await flows.bindUdp?.({}, (answer) => void missing.delete(Buffer.from(answer).readUInt32BE(0)));
  let sent = 0;
  while (missing.size > 0) {
    for (const entry of firstOf(missing, WINDOW)) {
      if (performance.now() - entry.sentAt < RETRY_AFTER) continue;
      entry.sentAt = performance.now();
      if (bound?.send(entry.datagram, { address, port })) sent++;
    }
    await sleep(2);
  }
  await bound?.close();
  return { sha256: hashOf(datagrams), sent, bytes: count * size };
}

/** @param {number} number @param {number} size */
function numbered(number, size) {
  const datagram = randomFillSync(Buffer.alloc(size));
  datagram.writeUInt32BE(number);
  hashOf([datagram.subarray(0, -HASH)], null).copy(datagram, size - HASH);
  return datagram;
}

/** @param {Buffer} datagram */
function isWhole(datagram) {
  return datagram.length > NUMBER + HASH && hashOf([datagram.subarray(0, -HASH)], null).equals(datagram.subarray(-HASH));
}

/**
 * @template {'hex' | null} E
 * @param {readonly Buffer[]} parts
 * @param {E} [encoding]
 * @returns {E extends null ? Buffer : string}
 */
function hashOf(parts, encoding) {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return /** @type {any} */ (encoding === null ? hash.digest() : hash.digest('hex'));
}

/**
 * @template T
 * @param {Map<number, T>} map
 * @param {number} most
 */
function firstOf(map, most) {
  const values = [];
  for (const value of map.values()) {
    values.push(value);
    if (values.length === most) break;
  }
  return values;
}
