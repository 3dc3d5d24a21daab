// @ts-check
import { definePlugin, namedRemote, PacketStream, provideBind, RemoteTable } from '@heddle/core';
import { BehaviorSubject } from 'rxjs';

/** @typedef {import('@heddle/core').PacketBatch} PacketBatch */

/** Packets that may wait to be passed on. */
const CAPACITY = 64;

/**
 * A Bind that hands what it is given to another one of its kind, when it is told to, without a copy: the rig lets nobody use the memory
 * again before that. So whatever is allocated on the way is core's.
 */
export class LoopBind {
  contract = /** @type {const} */ (1);
  scheme = 'loop';
  traits = { relay: false, largestDatagram: 65_507, headroom: 0, tailroom: 0 };
  #out = /** @type {PacketStream<PacketBatch>} */ (new PacketStream());
  #remotes = new RemoteTable('loop');
  datagrams$ = this.#out.stream$;
  localEndpoints$ = new BehaviorSubject(/** @type {readonly import('@heddle/core').LocalEndpoint[]} */ ([]));
  health$ = new BehaviorSubject({ ok: true, since: 0 });
  writable$ = new BehaviorSubject(true);
  peer = this.parse('loop:peer');
  /** Equal sizes that batches were marked with, and how many batches had none. */
  marked = 0;
  unmarked = 0;
  #waiting = new SlabFace();

  /** @type {LoopBind | undefined} */
  other = undefined;

  async open() {}

  async close() {
    this.#out.complete();
  }

  /**
   * Keeps the table; a second batch before the first was passed on is refused.
   * @param {import('@heddle/core').Remote} _to
   * @param {PacketBatch} batch
   */
  send(_to, batch) {
    if (this.#waiting.count > 0 || batch.count > CAPACITY) return 0;
    if (batch.segmentSize > 0) this.marked += 1;
    else this.unmarked += 1;
    this.#waiting.take(batch);
    return batch.count;
  }

  /** Lets the other end receive what waits here. */
  passOn() {
    const batch = this.#waiting;
    if (batch.count === 0 || this.other === undefined) return;
    batch.remote = this.other.peer;
    this.other.#out.emit(batch);
    batch.count = 0;
  }

  /** @param {string} text */
  parse(text) {
    return text.startsWith('loop:') ? this.#remotes.intern(text.slice(5), () => namedRemote(text)) : undefined;
  }

  plugin() {
    return definePlugin({ name: 'loop-bind', provides: [provideBind('loop', [], () => this)] });
  }
}

/** A batch over somebody else's memory. */
class SlabFace {
  slab = new Uint8Array(0);
  offsets = new Uint32Array(CAPACITY);
  lengths = new Uint32Array(CAPACITY);
  count = 0;
  headroom = 80;
  tailroom = 16;
  segmentSize = 0;
  offload = undefined;
  /** @type {import('@heddle/core').Remote | undefined} */
  remote = undefined;

  /** @param {PacketBatch} batch */
  take({ slab, offsets, lengths, count, segmentSize }) {
    this.slab = /** @type {Uint8Array<ArrayBuffer>} */ (slab);
    for (let i = 0; i < count; i++) {
      this.offsets[i] = Number(offsets[i]);
      this.lengths[i] = Number(lengths[i]);
    }
    this.count = count;
    this.segmentSize = segmentSize;
  }

  /** @param {number} index */
  packet(index) {
    const at = Number(this.offsets[index]);
    return this.slab.subarray(at, at + Number(this.lengths[index]));
  }

  *[Symbol.iterator]() {
    for (let i = 0; i < this.count; i++) yield this.packet(i);
  }

  /** Nothing is kept in these rigs. */
  lease() {
    return undefined;
  }
}
