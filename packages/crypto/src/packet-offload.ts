import type { Bytes, PacketTable } from './contract.js';

/** What late segmentation has to know of a super-packet; a SegmentPlan of @heddle/wire is one. */
export interface SegmentCut {
  /** How many packets come out. */
  readonly count: number;
  /** Payload bytes of each packet but the last. */
  readonly segmentSize: number;
  /** Payload bytes of all packets together. */
  readonly payloadLength: number;
  /** IP headers with options or extensions. */
  readonly ipHeaderLength: number;
  /** IP and TCP headers together, repeated in each packet. */
  readonly headerLength: number;
}

/**
 * What a network card would do for the data path, beside the AEAD and in the same memory.
 *
 * All slabs must be ones that this `owns`, from the `allocate` of the kernel's packets; others, and ranges that leave their slab, are refused
 * with HEDDLE_CRYPTO_TABLE. The functions of @heddle/wire give the same results in any memory.
 */
export interface PacketOffload {
  /** Whether this slab lies where the offload can work on it. */
  owns(slab: Bytes): boolean;
  /** RFC 1071 sum of a range, folded to 16 bits: 0 only when all its bytes are, 0xffff over a range with a right checksum in it. */
  sum(slab: Bytes, offset: number, length: number): number;
  /**
   * Cuts the planned super-packet at `offset` into packets in another place, the first at `at` and each next one `stride` further, lists
   * them from entry `first` on and returns how many: at most 1,024. Lengths, ids, sequence numbers, flags and checksums are those of single packets.
   */
  segment(
    slab: Bytes,
    offset: number,
    cut: SegmentCut,
    into: Omit<PacketTable, 'count'>,
    first: number,
    at: number,
    stride: number,
  ): number;
  /**
   * Joins neighbours among packets [from, to) that are consecutive TCP segments of one flow into super-packets with right checksums. The
   * entries from `from` on become the packets that remain, and `sizes` of each the payload of its segments, or 0 when it was not joined.
   * Returns how many remain. Packets must lie in the order of the table; where they do not, nothing is joined.
   */
  coalesce(table: PacketTable, from: number, to: number, sizes: Uint32Array): number;
}
