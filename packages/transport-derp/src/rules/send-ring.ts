import type { Bytes } from '@heddle/core';
import { DERP_FRAME, DERP_PACKET_OVERHEAD, writeDerpPacketHeader } from '@heddle/wire';

/** Packets that wait for one relay. */
export const MOST_PACKETS = 256;
/** And their bytes. With what a socket may hold (256 KiB) it stays under a megabyte. */
export const MOST_BYTES: number = 512 * 1024;
/** Twice the bytes, so that moving them to the front is rare. */
const CAPACITY = 2 * MOST_BYTES;
const TABLE = 4 * MOST_PACKETS;
const NOTHING: Bytes = new Uint8Array(0);

/**
 * Frames that wait to be written to one relay, in order and without a gap, so that all of them are one write. When there are too many, the
 * oldest go: what waits longest is worth least.
 *
 *   | gone ... | frame | frame | frame | free ... |
 *              ^ starts[head]          ^ end
 */
export class SendRing {
  #bytes: Bytes | undefined;
  readonly #starts = new Uint32Array(TABLE);
  #head = 0;
  #tail = 0;
  #end = 0;

  /** Packets that wait. */
  get count(): number {
    return this.#tail - this.#head;
  }

  /** Bytes that wait. */
  get length(): number {
    return this.count === 0 ? 0 : this.#end - this.#starts[this.#head]!;
  }

  /** Keeps a copy of a packet as a SendPacket frame; returns how many older ones went for it. */
  push(key: Bytes, keyAt: number, slab: Bytes, offset: number, length: number): number {
    const size = DERP_PACKET_OVERHEAD + length;
    const evicted = this.#makeRoom(size);
    this.#bytes ??= new Uint8Array(CAPACITY);
    const at = this.#end;
    writeDerpPacketHeader(this.#bytes, at, DERP_FRAME.sendPacket, key, keyAt, length);
    this.#bytes.set(slab.subarray(offset, offset + length), at + DERP_PACKET_OVERHEAD);
    this.#starts[this.#tail++] = at;
    this.#end = at + size;
    return evicted;
  }

  /** The first so many packets that wait, or all, as one run of bytes; valid until the next push. */
  waiting(packets: number = this.count): Bytes {
    if (packets <= 0 || this.count === 0) return NOTHING;
    return this.#bytes!.subarray(this.#starts[this.#head]!, this.#endOf(this.#head + Math.min(packets, this.count) - 1));
  }

  /** So many bytes were written. Returns a copy of the rest of a frame that was cut: it must be written before anything else. */
  wrote(count: number): Bytes | undefined {
    const upTo = this.#end - this.length + count;
    while (this.count > 0 && this.#endOf(this.#head) <= upTo) this.#head += 1;
    if (this.count === 0) this.clear();
    else if (this.#starts[this.#head]! < upTo) return this.#cut(upTo);
    return undefined;
  }

  /** Returns how many packets were given up. */
  clear(): number {
    const { count } = this;
    this.#head = 0;
    this.#tail = 0;
    this.#end = 0;
    return count;
  }

  #cut(upTo: number): Bytes {
    const rest = this.#bytes!.slice(upTo, this.#endOf(this.#head));
    this.#head += 1;
    if (this.count === 0) this.clear();
    return rest;
  }

  #endOf(index: number): number {
    return index + 1 < this.#tail ? this.#starts[index + 1]! : this.#end;
  }

  #makeRoom(size: number): number {
    let evicted = 0;
    for (; this.count > 0 && (this.count >= MOST_PACKETS || this.length + size > MOST_BYTES); evicted++) this.#head += 1;
    if (this.count === 0) this.clear();
    else if (this.#end + size > CAPACITY || this.#tail === TABLE) this.#moveToFront();
    return evicted;
  }

  #moveToFront(): void {
    const by = this.#starts[this.#head]!;
    this.#bytes!.copyWithin(0, by, this.#end);
    for (let i = this.#head; i < this.#tail; i++) this.#starts[i - this.#head] = this.#starts[i]! - by;
    this.#end -= by;
    this.#tail -= this.#head;
    this.#head = 0;
  }
}
