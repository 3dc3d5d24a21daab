import type { Bytes, Offload } from '@heddle/core';
import {
  createUpperLayer,
  fillUpperChecksum,
  PROTOCOL,
  TCP,
  type TcpOptions,
  tcpOptionsLength,
  writeTcpHeader,
  writeTcpOptions,
} from '@heddle/wire';
import { ipHeaderLength, writeIpHeader } from '../ip/packet-header.js';
import type { PacketWriter } from '../output/packet-writer.js';
import { type FourTuple, versionOf } from './four-tuple.js';

/** Everything of a segment but its payload. */
export interface SegmentHeader {
  sequence: number;
  acknowledgment: number;
  flags: number;
  window: number;
  options: TcpOptions;
}

/** Where payload is copied from. */
export interface PayloadSource {
  copy(sequence: number, into: Bytes, at: number, length: number): void;
}

/** Writes segments as IP packets, straight into the batch that will leave. */
export class SegmentWriter {
  readonly #out: PacketWriter;
  readonly #isOwn: (address: Bytes) => boolean;
  readonly #upper = createUpperLayer();
  readonly #ports = { sourcePort: 0, destinationPort: 0 };
  #offload: Offload | undefined;
  #sent = 0;

  constructor(out: PacketWriter, isOwn: (address: Bytes) => boolean) {
    this.#out = out;
    this.#isOwn = isOwn;
  }

  /** Segments written, a super-packet counted once. */
  get sent(): number {
    return this.#sent;
  }

  get hasRoom(): boolean {
    return this.#out.hasRoom;
  }

  /** A segment without payload. False: no room. */
  bare(tuple: FourTuple, header: SegmentHeader): boolean {
    return this.write(tuple, header, undefined, 0, 0);
  }

  /** A segment with this many bytes of the source; one that is longer than `segment` becomes a super-packet. */
  write(tuple: FourTuple, header: SegmentHeader, payload: PayloadSource | undefined, length: number, segment: number): boolean {
    const ip = ipHeaderLength(versionOf(tuple));
    const headers = ip + TCP.HEADER + tcpOptionsLength(header.options);
    const total = headers + length;
    const isSuper = length > segment;
    const isLoop = this.#isOwn(tuple.remote);
    const at = isSuper ? this.#out.addSuper(total, this.#offloadFor(tuple, segment, headers), isLoop) : this.#out.add(total, isLoop);
    if (at < 0) return false;
    const slab = this.#out.slab;
    writeIpHeader(slab, at, total, PROTOCOL.TCP, tuple.local, tuple.remote);
    this.#writeTcp(slab, at + ip, tuple, header, headers - ip);
    payload?.copy(header.sequence, slab, at + headers, length);
    if (!isSuper) this.#fillChecksum(slab, at, ip, total);
    this.#sent += 1;
    return true;
  }

  #writeTcp(slab: Bytes, at: number, tuple: FourTuple, header: SegmentHeader, length: number): void {
    this.#ports.sourcePort = tuple.localPort;
    this.#ports.destinationPort = tuple.remotePort;
    writeTcpHeader(slab, at, this.#ports, header.sequence, header.acknowledgment, length, header.flags, header.window);
    if (length > TCP.HEADER) writeTcpOptions(slab, at + TCP.HEADER, header.options);
  }

  #fillChecksum(slab: Bytes, at: number, ip: number, total: number): void {
    const upper = this.#upper;
    upper.version = ip === 20 ? 4 : 6;
    upper.protocol = PROTOCOL.TCP;
    upper.at = at + ip;
    upper.length = total - ip;
    fillUpperChecksum(slab, at, upper, this.#out.view);
  }

  /** Bulk data of one connection goes out with one descriptor. */
  #offloadFor(tuple: FourTuple, segmentSize: number, headerLength: number): Offload {
    const kind = versionOf(tuple) === 4 ? 'tcp4' : 'tcp6';
    const last = this.#offload;
    if (last?.kind === kind && last.segmentSize === segmentSize && last.headerLength === headerLength) return last;
    this.#offload = { kind, segmentSize, headerLength };
    return this.#offload;
  }
}
