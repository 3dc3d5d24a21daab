import { inOrder } from './coalesce-reference.js';
import type { Bytes, PacketTable } from './contract.js';
import { CryptoError } from './errors.js';
import type { PacketOffload, SegmentCut } from './packet-offload.js';
import { PLACE, TABLE_CAPACITY, threadKernel, type WasmKernel } from './wasm-kernel.js';
import { hasWasmSimd } from './wasm-module.js';

const TCP_HEADER = 20;
const LARGEST = 65_535;

/** The kernel's checksum, segmentation and coalescing for this thread; undefined where the kernel cannot run. */
export function packetOffload(): PacketOffload | undefined {
  if (!hasWasmSimd()) return undefined;
  try {
    return new WasmOffload(threadKernel());
  } catch {
    return undefined;
  }
}

/** Checks what the kernel believes, and copies tables to and fro. */
export class WasmOffload implements PacketOffload {
  readonly #kernel: WasmKernel;

  constructor(kernel: WasmKernel) {
    this.#kernel = kernel;
  }

  owns(slab: Bytes): boolean {
    return this.#kernel.owns(slab);
  }

  sum(slab: Bytes, offset: number, length: number): number {
    return this.#kernel.functions.sum(this.#address(slab, offset, length), length);
  }

  segment(
    slab: Bytes,
    offset: number,
    cut: SegmentCut,
    into: Omit<PacketTable, 'count'>,
    first: number,
    at: number,
    stride: number,
  ): number {
    const { count, segmentSize, payloadLength, ipHeaderLength, headerLength } = cut;
    requireCut(cut, stride);
    requireEntries(into, first, first + count);
    const from = this.#address(slab, offset, headerLength + payloadLength);
    const last = headerLength + payloadLength - (count - 1) * segmentSize;
    const to = this.#address(into.slab, at, (count - 1) * stride + last);
    const size = Math.max(1, Math.min(segmentSize, payloadLength));
    this.#kernel.functions.segment(from, ipHeaderLength, headerLength, payloadLength, size, to, stride, PLACE.OFFSETS, PLACE.LENGTHS);
    this.#unlist(into, first, count, into.slab.byteOffset);
    return count;
  }

  coalesce(table: PacketTable, from: number, to: number, sizes: Uint32Array): number {
    requireEntries(table, from, to);
    if (sizes.length < to) throw new CryptoError('HEDDLE_CRYPTO_TABLE', `sizes has ${sizes.length} entries for packets up to ${to}`);
    if (to - from > TABLE_CAPACITY || !inOrder(table, from, to)) {
      sizes.fill(0, from, to);
      return to - from;
    }
    const kernel = this.#kernel;
    for (let i = from; i < to; i++) {
      kernel.offsets[i - from] = this.#address(table.slab, table.offsets[i]!, table.lengths[i]!);
      kernel.lengths[i - from] = table.lengths[i]!;
    }
    const remain = kernel.functions.coalesce(PLACE.OFFSETS, PLACE.LENGTHS, PLACE.SIZES, to - from, PLACE.WORK);
    this.#unlist(table, from, remain, table.slab.byteOffset);
    for (let i = 0; i < remain; i++) sizes[from + i] = kernel.sizes[i]!;
    return remain;
  }

  /** Copies the kernel's table out. */
  #unlist({ offsets, lengths }: Omit<PacketTable, 'count'>, first: number, count: number, base: number): void {
    for (let i = 0; i < count; i++) {
      offsets[first + i] = this.#kernel.offsets[i]! - base;
      lengths[first + i] = this.#kernel.lengths[i]!;
    }
  }

  /** The address in the kernel of a range that is sure to lie inside its slab. */
  #address(slab: Bytes, offset: number, length: number): number {
    if (!this.#kernel.owns(slab)) throw new CryptoError('HEDDLE_CRYPTO_TABLE', 'the slab is not of the kernel; allocate it there');
    if (Number.isInteger(offset) && Number.isInteger(length) && offset >= 0 && length >= 0 && offset + length <= slab.length)
      return slab.byteOffset + offset;
    throw new CryptoError('HEDDLE_CRYPTO_TABLE', `${length} bytes at ${offset} are not inside a slab of ${slab.length}`);
  }
}

function requireEntries({ offsets, lengths }: Omit<PacketTable, 'count'>, from: number, to: number): void {
  const entries = Math.min(offsets.length, lengths.length);
  if (Number.isInteger(from) && Number.isInteger(to) && from >= 0 && from <= to && to <= entries) return;
  throw new CryptoError('HEDDLE_CRYPTO_TABLE', `entries [${from}, ${to}) are not inside a table of ${entries}`);
}

/** Throws unless the numbers of the cut belong together and packets do not overlap. */
function requireCut({ count, segmentSize, payloadLength, ipHeaderLength, headerLength }: SegmentCut, stride: number): void {
  const widest = headerLength + Math.min(segmentSize, payloadLength);
  const whole = [count, segmentSize, payloadLength, ipHeaderLength, headerLength, stride].every((it) => Number.isInteger(it) && it >= 0);
  const headers =
    ipHeaderLength >= TCP_HEADER && headerLength >= ipHeaderLength + TCP_HEADER && headerLength + payloadLength <= LARGEST + 40;
  const counted = count === Math.max(1, Math.ceil(payloadLength / segmentSize)) && count <= TABLE_CAPACITY;
  if (whole && headers && counted && (count === 1 || stride >= widest)) return;
  throw new CryptoError(
    'HEDDLE_CRYPTO_TABLE',
    `a cut into ${count} segments of ${segmentSize} bytes, ${stride} apart, does not fit a packet of ${headerLength} and ${payloadLength} bytes`,
  );
}
