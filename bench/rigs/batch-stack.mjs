// @ts-check
import { definePlugin, PacketStream, provideStack } from '@heddle/core';
import { BehaviorSubject } from 'rxjs';
import { writeIpv4 } from './engine-pair.mjs';

/** @typedef {import('@heddle/core').PacketBatch} PacketBatch */

/** Where a packet carries a number, little end first. */
const NUMBER = 20;

/** A Stack with one batch of clear packets, which it emits when it is told to, and a counter of what is delivered. */
export class BatchStack {
  contract = /** @type {const} */ (1);
  traits = { superPackets: false, headroom: 0 };
  #out = /** @type {PacketStream<PacketBatch>} */ (new PacketStream());
  packets$ = this.#out.stream$;
  health$ = new BehaviorSubject({ ok: true, since: 0 });
  received = 0;
  paused = false;
  /** @type {import('@heddle/core').WritableBatch | undefined} */
  batch;
  /** Called after each delivery. */
  delivered = () => {};
  /** Called with the number in a packet that carries one. */
  numbered = (/** @type {number} */ _number) => {};
  /** Called when core wants packets again. */
  resumed = () => {};

  /**
   * @param {number} packets
   * @param {number} length
   * @param {{ from?: number, to?: number }} [ends] last bytes of the addresses 10.0.0.x
   */
  constructor(packets, length, { from = 1, to = 2 } = {}) {
    this.packets = packets;
    this.length = length;
    this.ends = { from, to };
  }

  /** @param {import('@heddle/core').PartContext} context */
  async open({ pool }) {
    const batch = pool.take(this.packets, this.length);
    if (batch === undefined) throw new Error('no packet memory');
    for (let i = 0; i < this.packets; i++) {
      const at = batch.add(this.length);
      batch.slab.fill(0, at, at + this.length);
      writeIpv4(batch.slab, at, this.length, this.ends);
    }
    this.batch = batch;
  }

  async close() {
    this.#out.complete();
  }

  /** Core seals in place, so the headers are written anew. */
  emit() {
    const { batch, length, packets, ends } = this;
    if (batch === undefined) return;
    for (let i = 0; i < packets; i++) writeIpv4(batch.slab, Number(batch.offsets[i]), length, ends);
    this.#out.emit(batch);
  }

  /**
   * The same with a number behind each header.
   * @param {number} number
   */
  emitNumber(number) {
    const { batch } = this;
    if (batch === undefined) return;
    for (let i = 0; i < 4; i++) batch.slab[Number(batch.offsets[0]) + NUMBER + i] = number >>> (8 * i);
    this.emit();
  }

  /** @param {PacketBatch} batch */
  deliver(batch) {
    this.received += batch.count;
    this.numbered(numberAt(batch.slab, Number(batch.offsets[batch.count - 1]) + NUMBER));
    this.delivered();
    return batch.count;
  }

  /** @param {boolean} paused */
  pause(paused) {
    this.paused = paused;
    if (!paused) this.resumed();
  }

  async configure() {}

  plugin() {
    return definePlugin({ name: 'batch-stack', provides: [provideStack([], () => this)] });
  }
}

/**
 * @param {Uint8Array} slab
 * @param {number} at
 */
function numberAt(slab, at) {
  return Number(slab[at]) | (Number(slab[at + 1]) << 8) | (Number(slab[at + 2]) << 16) | (Number(slab[at + 3]) << 24);
}
