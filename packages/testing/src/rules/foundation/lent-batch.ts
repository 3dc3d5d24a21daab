import type { Bytes, Lease, Offload, PacketBatch, Remote, SlabPool } from '@heddle/core';
import { POISON } from './poison.js';

/**
 * A batch as strict as the contract allows: exactly the declared room, guard bytes around every slot,
 * a slab that does not start where its memory does, and a memory of what it was.
 *
 *   | guard 16 | headroom | packet | tailroom | guard 16 | guard 16 | headroom | ...
 */
export interface LentOptions {
  readonly headroom: number;
  readonly tailroom: number;
  readonly remote?: Remote | undefined;
  /** The table names the slots from the last to the first: legal, as a table may pick from a slab. */
  readonly downwards?: boolean;
}

const GUARD = 16;
const GUARD_BYTE = 0xa5;
const BEFORE_SLAB = 64;

export class LentBatch implements PacketBatch {
  readonly slab: Bytes;
  readonly offsets: Uint32Array;
  readonly lengths: Uint32Array;
  readonly count: number;
  readonly headroom: number;
  readonly tailroom: number;
  readonly segmentSize: number = 0;
  readonly offload: Offload | undefined = undefined;
  readonly remote: Remote | undefined;
  readonly #pool: SlabPool;
  readonly #wasSlab: Bytes;
  readonly #wasOffsets: Uint32Array;
  readonly #wasLengths: Uint32Array;
  readonly #wasRemote: Remote | undefined;

  constructor(packets: readonly Bytes[], pool: SlabPool, options: LentOptions) {
    const around = 2 * GUARD + options.headroom + options.tailroom;
    const bytes = packets.reduce((sum, packet) => sum + packet.length + around, 0);
    this.slab = new Uint8Array(bytes + BEFORE_SLAB).fill(GUARD_BYTE).subarray(BEFORE_SLAB);
    this.count = packets.length;
    this.headroom = options.headroom;
    this.tailroom = options.tailroom;
    this.remote = options.remote;
    this.offsets = new Uint32Array(packets.length);
    this.lengths = new Uint32Array(packets.length);
    this.#pool = pool;
    this.#lay(packets, options.downwards ?? false);
    this.#wasSlab = this.slab.slice();
    this.#wasOffsets = this.offsets.slice();
    this.#wasLengths = this.lengths.slice();
    this.#wasRemote = this.remote;
  }

  packet(index: number): Bytes {
    const offset = this.offsets[index]!;
    return this.slab.subarray(offset, offset + this.lengths[index]!);
  }

  *[Symbol.iterator](): Iterator<Bytes> {
    for (let i = 0; i < this.count; i++) yield this.packet(i);
  }

  lease(): Lease | undefined {
    return this.#pool.lease(this);
  }

  /** True when a payload byte is no longer what it was. */
  get payloadWritten(): boolean {
    return this.#differs((i) => [this.#wasOffsets[i]!, this.#wasOffsets[i]! + this.#wasLengths[i]!]);
  }

  /** True when offsets, lengths, or what is said about the batch as a whole were changed. */
  get tableWritten(): boolean {
    const same = (now: Uint32Array, was: Uint32Array): boolean => now.every((value, i) => value === was[i]);
    const whole = this.count === this.#wasLengths.length && this.remote === this.#wasRemote && this.segmentSize === 0;
    return !whole || !same(this.offsets, this.#wasOffsets) || !same(this.lengths, this.#wasLengths);
  }

  /** True when a byte outside every packet and its declared room was written. */
  get outsideWritten(): boolean {
    return (
      this.#differs((i) => [this.#slotStart(i) - GUARD, this.#slotStart(i)]) ||
      this.#differs((i) => [this.#slotEnd(i), this.#slotEnd(i) + GUARD])
    );
  }

  /** The bytes are undefined from now on: what a sender that reuses them at once would leave. */
  poison(): void {
    this.slab.fill(POISON);
  }

  /** As poison, of the table: it now names one byte, again and again. */
  scramble(): void {
    this.offsets.fill(this.#wasOffsets[0] ?? 0);
    this.lengths.fill(1);
  }

  /** After poison: true when somebody wrote into memory that was no longer lent. */
  get writtenAfterwards(): boolean {
    for (let i = 0; i < this.slab.length; i++) if (this.slab[i] !== POISON) return true;
    return false;
  }

  #lay(packets: readonly Bytes[], downwards: boolean): void {
    let at = 0;
    const order = packets.map((_, i) => (downwards ? packets.length - 1 - i : i));
    for (const i of order) {
      const packet = packets[i]!;
      this.offsets[i] = at + GUARD + this.headroom;
      this.lengths[i] = packet.length;
      this.slab.set(packet, this.offsets[i]!);
      at = this.offsets[i]! + packet.length + this.tailroom + GUARD;
    }
  }

  #slotStart(i: number): number {
    return this.#wasOffsets[i]! - this.headroom;
  }

  #slotEnd(i: number): number {
    return this.#wasOffsets[i]! + this.#wasLengths[i]! + this.tailroom;
  }

  #differs(range: (index: number) => readonly [number, number]): boolean {
    for (let i = 0; i < this.count; i++) {
      const [from, to] = range(i);
      for (let at = from; at < to; at++) if (this.slab[at] !== this.#wasSlab[at]) return true;
    }
    return false;
  }
}
