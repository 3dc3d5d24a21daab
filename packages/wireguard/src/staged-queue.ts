import type { Bytes, PacketTable } from '@heddle/crypto';

/** Room in front of a staged packet for the header, and behind it for padding and tag; slots stay aligned to 16. */
const HEADROOM = 16;
const TAILROOM = 32;

/** Clear packets that wait for a session. They are copies: what was lent to us is long gone when the session comes. */
export class StagedQueue {
  readonly #maxPackets: number;
  readonly #maxBytes: number;
  #packets: Bytes[] = [];
  #bytes = 0;

  constructor(maxPackets: number, maxBytes: number) {
    this.#maxPackets = maxPackets;
    this.#maxBytes = maxBytes;
  }

  get count(): number {
    return this.#packets.length;
  }

  /** Copies a packet in and returns how many old ones had to go for it; a packet larger than the queue goes itself. */
  push(slab: Bytes, offset: number, length: number): number {
    if (length > this.#maxBytes || this.#maxPackets === 0) return 1;
    this.#packets.push(slab.slice(offset, offset + length));
    this.#bytes += length;
    return this.#dropOldest();
  }

  /** Takes the oldest packets out, at most so many, into a slab of their own with room to be sealed in place. */
  take(most: number): PacketTable {
    const packets = this.#packets.splice(0, most);
    const table = layOut(packets);
    for (const packet of packets) this.#bytes -= packet.length;
    return table;
  }

  /** Returns how many were thrown away. */
  clear(): number {
    const dropped = this.#packets.length;
    this.#packets = [];
    this.#bytes = 0;
    return dropped;
  }

  #dropOldest(): number {
    let dropped = 0;
    while (this.#packets.length - dropped > this.#maxPackets || this.#bytes > this.#maxBytes) {
      this.#bytes -= this.#packets[dropped]!.length;
      dropped++;
    }
    if (dropped > 0) this.#packets.splice(0, dropped);
    return dropped;
  }
}

function layOut(packets: readonly Bytes[]): PacketTable {
  const offsets = new Uint32Array(packets.length);
  const lengths = Uint32Array.from(packets, (packet) => packet.length);
  let end = 0;
  for (let i = 0; i < packets.length; i++) {
    offsets[i] = end + HEADROOM;
    end += HEADROOM + ((lengths[i]! + 15) & -16) + TAILROOM;
  }
  const slab = new Uint8Array(end);
  for (let i = 0; i < packets.length; i++) slab.set(packets[i]!, offsets[i]!);
  return { slab, offsets, lengths, count: packets.length };
}
