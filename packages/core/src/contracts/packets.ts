import type { Bytes, PacketTable } from '@heddle/crypto';
import type { Remote } from './remote.js';

export type { Bytes, PacketTable } from '@heddle/crypto';

/**
 * Late segmentation, in the manner of a virtio-net header: every packet of the batch that is longer than
 * headerLength + segmentSize is one TCP super-packet, cut next to the AEAD. Checksums of a super-packet are not filled in.
 */
export interface Offload {
  readonly kind: 'tcp4' | 'tcp6';
  /** TCP payload bytes of each segment but the last. */
  readonly segmentSize: number;
  /** IP and TCP header together. */
  readonly headerLength: number;
}

/**
 * A run of packets in one slab. One packet is a batch of one; there is no batch of none.
 *
 * Lent: it belongs to the callee only until the synchronous call returns. Received batches (from datagrams$ and packets$) may be written;
 * batches to send or to deliver have a read-only payload, of which only headroom and tailroom may be written.
 */
export interface PacketBatch extends PacketTable, Iterable<Bytes> {
  /** Bytes in front of, and behind, every packet that belong to it and may be written. */
  readonly headroom: number;
  readonly tailroom: number;
  /** Equal size of all but the last packet, 0 where they differ: lets a transport use GSO. */
  readonly segmentSize: number;
  readonly offload: Offload | undefined;
  /** Where a received batch came from, where a batch to send goes. Undefined between Stack and engine. */
  readonly remote: Remote | undefined;
  /** A view of one packet; makes an object, so not for hot paths. */
  packet(index: number): Bytes;
  /** A copy of the batch that stays until released. Undefined: the pool is exhausted, so drop and count. */
  lease(): Lease | undefined;
}

export interface Lease {
  readonly batch: PacketBatch;
  /** May be called twice. */
  release(): void;
}

/** A batch that its maker fills, hands out, and releases when the call that used it has returned. */
export interface WritableBatch extends PacketBatch {
  remote: Remote | undefined;
  segmentSize: number;
  offload: Offload | undefined;
  /** Appends a slot of this many bytes and returns its offset in the slab; -1 when full. The bytes in it are undefined. */
  add(length: number): number;
  /** Appends a packet by copying; false when full. */
  push(packet: Bytes): boolean;
  /** Empties the batch, so that it can be filled again. */
  clear(): void;
  /** Gives the slab back. May be called twice. */
  release(): void;
}

/** Slabs with room in front and behind for every layer below, from a fixed amount of memory. */
export interface BatchPool {
  /** Room for this many packets of at most this many bytes each. Undefined: exhausted (counted), or larger than a slab. */
  take(packets: number, bytesEach: number): WritableBatch | undefined;
  /** A batch with copies of these packets. */
  of(...packets: Bytes[]): WritableBatch | undefined;
}
