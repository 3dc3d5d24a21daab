import type { PacketOffload, PacketTable } from '@heddle/crypto';
import { TCP } from '@heddle/wire';
import type { Offload } from '../contracts/packets.js';
import { rows } from './egress.js';

/** Packets of one table that are looked at; a larger table passes as it is. */
const MOST = 256;
const HEADER = { tcp4: 20, tcp6: 40 } as const;

/** Takes a part of what came in: single packets, or super-packets that the descriptor is about. */
export type TakesJoined = (packets: PacketTable, offload: Offload | undefined) => void;

/**
 * Joins TCP segments that follow each other, as a network card would, so that the Stack works once for dozens of them. Checksums are verified
 * on the way: what is joined has right ones. The order of packets stays.
 */
export class Coalescing {
  readonly #kernel: PacketOffload;
  readonly #offsets = new Uint32Array(MOST);
  readonly #lengths = new Uint32Array(MOST);
  /** Payload of the segments of each packet; 0: it is as it came. */
  readonly #sizes = new Uint32Array(MOST);
  #offload: Offload | undefined;

  constructor(kernel: PacketOffload) {
    this.#kernel = kernel;
  }

  /** Hands everything on, joined where it may be. Writes into the packets. */
  join(packets: PacketTable, use: TakesJoined): void {
    if (packets.count < 2 || packets.count > MOST || !this.#kernel.owns(packets.slab)) return use(packets, undefined);
    const offsets = this.#offsets;
    const lengths = this.#lengths;
    for (let i = 0; i < packets.count; i++) {
      offsets[i] = packets.offsets[i]!;
      lengths[i] = packets.lengths[i]!;
    }
    const count = this.#kernel.coalesce({ slab: packets.slab, offsets, lengths, count: packets.count }, 0, packets.count, this.#sizes);
    if (count === packets.count) use(packets, undefined);
    else this.#useRuns({ slab: packets.slab, offsets, lengths, count }, use);
  }

  /** Neighbours that one descriptor fits go together. */
  #useRuns(packets: PacketTable, use: TakesJoined): void {
    for (let from = 0; from < packets.count; ) {
      const offload = this.#offloadOf(packets, from);
      let to = from + 1;
      while (to < packets.count && this.#offloadOf(packets, to) === offload) to++;
      use(from === 0 && to === packets.count ? packets : rows(packets, from, to), offload);
      from = to;
    }
  }

  /** The same object as before where it says the same. */
  #offloadOf({ slab, offsets }: PacketTable, index: number): Offload | undefined {
    const segmentSize = this.#sizes[index]!;
    if (segmentSize === 0) return undefined;
    const at = offsets[index]!;
    const kind = slab[at]! >>> 4 === 4 ? 'tcp4' : 'tcp6';
    const headerLength = HEADER[kind] + 4 * (slab[at + HEADER[kind] + TCP.DATA_OFFSET]! >>> 4);
    const last = this.#offload;
    if (last?.kind === kind && last.segmentSize === segmentSize && last.headerLength === headerLength) return last;
    this.#offload = { kind, segmentSize, headerLength };
    return this.#offload;
  }
}
