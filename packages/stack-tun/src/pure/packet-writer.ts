import type { Bytes, DropCounter, Offload, PacketBatch } from '@heddle/core';
import type { TunDevice } from '@heddle/native-linux';
import {
  createUpperLayer,
  findUpperLayer,
  leaveUpperChecksum,
  TCP,
  VNET_GSO,
  VNET_HEADER,
  VNET_NEEDS_CHECKSUM,
  writeVnetHeader,
} from '@heddle/wire';
import { writePlainHeader } from './frame.js';

/** asm-generic/errno-base.h: what the kernel says when the interface is down, and when it is no IP packet. */
const EIO = 5;
const EINVAL = 22;

/** Hands packets to the kernel, each in one call. */
export class PacketWriter {
  readonly #device: TunDevice;
  readonly #header: number;
  readonly #drop: DropCounter;
  readonly #upper = createUpperLayer();

  constructor(device: TunDevice, drop: DropCounter) {
    this.#device = device;
    this.#header = device.vnetHeader ? VNET_HEADER : 0;
    this.#drop = drop;
  }

  write(batch: PacketBatch): void {
    for (let i = 0; i < batch.count; i++) {
      const at = batch.offsets[i]!;
      const length = batch.lengths[i]!;
      const { offload } = batch;
      if (offload !== undefined && length > offload.headerLength + offload.segmentSize) this.#writeSuper(batch.slab, at, length, offload);
      else this.#writePlain(batch.slab, at, length);
    }
  }

  #writePlain(slab: Bytes, at: number, length: number): void {
    if (this.#header > 0) writePlainHeader(slab, at);
    this.#count(this.#device.write(slab, at - this.#header, length + this.#header));
  }

  /** Its checksum field must hold the pseudo-header sum, and payload is read-only: so a copy goes. */
  #writeSuper(slab: Bytes, at: number, length: number, offload: Offload): void {
    const copy = new Uint8Array(VNET_HEADER + length);
    copy.set(slab.subarray(at, at + length), VNET_HEADER);
    if (this.#header === 0 || !this.#describe(copy, length, offload)) return this.#drop('bad-frame', 1);
    this.#count(this.#device.write(copy, 0, copy.length));
  }

  #describe(frame: Bytes, length: number, { kind, segmentSize }: Offload): boolean {
    const upper = this.#upper;
    if (!findUpperLayer(frame, VNET_HEADER, length, upper) || !leaveUpperChecksum(frame, VNET_HEADER, upper)) return false;
    const checksumStart = upper.at - VNET_HEADER;
    writeVnetHeader(frame, 0, {
      flags: VNET_NEEDS_CHECKSUM,
      gsoType: kind === 'tcp4' ? VNET_GSO.TCP4 : VNET_GSO.TCP6,
      headerLength: checksumStart + (frame[upper.at + 12]! >> 4) * 4,
      segmentSize,
      checksumStart,
      checksumOffset: TCP.CHECKSUM,
    });
    return true;
  }

  #count(errno: number): void {
    if (errno === 0) return;
    if (errno === EIO) this.#drop('interface-down', 1);
    else this.#drop(errno === EINVAL ? 'no-ip-packet' : 'kernel-refused', 1);
  }
}
