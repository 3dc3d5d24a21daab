// @ts-check
import { nobleProvider, nodeProvider, wasmProvider } from '@heddle/crypto';

/** Packets of a call. */
const BATCH = 64;
const TAG = 16;
/** What is measured in one round, after as much again to warm up the first time. V8 compiles the kernel well only after some hundred calls. */
const MILLISECONDS = 150;
const KEY = Uint8Array.from({ length: 32 }, (_, i) => i);

/** @typedef {'seal' | 'open'} Operation */

/** A provider's packets with one batch of equal lengths in its own memory. */
class Subject {
  /**
   * @param {import('@heddle/crypto').CryptoProvider} provider
   * @param {number} length
   */
  constructor(provider, length) {
    const packets = provider.create().packets;
    if (packets === undefined) throw new Error(`${provider.name} offers no packets on this machine`);
    const slot = Math.ceil((96 + length + 48) / 16) * 16;
    this.packets = packets;
    this.length = length;
    this.key = packets.load(KEY);
    this.table = {
      slab: packets.allocate(slot * BATCH),
      offsets: Uint32Array.from({ length: BATCH }, (_, i) => i * slot + 96),
      lengths: new Uint32Array(BATCH),
      count: BATCH,
    };
    this.good = new Uint8Array(BATCH);
    /** @type {Set<Operation>} */
    this.warm = new Set();
  }

  /**
   * The median time of a packet in microseconds.
   * @param {Operation} operation
   */
  measure(operation) {
    if (!this.warm.has(operation)) this.#run(operation);
    this.warm.add(operation);
    const times = this.#run(operation).sort((a, b) => a - b);
    return (Number(times[times.length >> 1]) * 1000) / BATCH;
  }

  /** @param {Operation} operation */
  #run(operation) {
    const times = [];
    for (const end = performance.now() + MILLISECONDS; performance.now() < end; ) times.push(this.#batch(operation));
    return times;
  }

  /** @param {Operation} operation */
  #batch(operation) {
    const { packets, key, table, good } = this;
    table.lengths.fill(this.length);
    const begin = performance.now();
    packets.seal(key, table, 0, BATCH);
    const sealed = performance.now();
    if (operation === 'seal') return sealed - begin;
    if (packets.open(key, table, 0, BATCH, good) !== BATCH) throw new Error('a packet does not open');
    return performance.now() - sealed;
  }
}

/** @type {Map<string, Subject>} */
const subjects = new Map();

/**
 * @param {import('@heddle/crypto').CryptoProvider} provider
 * @param {number} length
 * @param {Operation} operation
 */
async function rate(provider, length, operation) {
  const name = `${provider.name} ${length}`;
  const subject = subjects.get(name) ?? new Subject(provider, length);
  subjects.set(name, subject);
  return { value: (length * 8) / subject.measure(operation) };
}

const references = [
  { provider: nobleProvider, called: 'noble' },
  { provider: nodeProvider, called: 'node:crypto' },
];

/** @type {readonly import('../run.mjs').Case[]} */
export const cases = references.flatMap(({ provider, called }) =>
  [64, 256, 1420, 8192].flatMap((length) =>
    /** @type {const} */ (['seal', 'open']).map((operation) => ({
      name: `crypto-${operation}-${length}-${provider.name}`,
      says: `the packet kernel against ${called}: ${operation} batches of ${BATCH} packets of ${length} bytes (${2 * TAG + length} on the wire)`,
      unit: 'Mbit/s',
      better: /** @type {const} */ ('higher'),
      ours: () => rate(wasmProvider, length, operation),
      reference: () => rate(provider, length, operation),
    })),
  ),
);
