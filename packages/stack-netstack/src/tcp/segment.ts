import type { Bytes } from '@heddle/core';
import {
  createTcpOptionFields,
  destinationPort,
  readTcpOptions,
  sourcePort,
  TCP,
  TCP_FLAG,
  type TcpOptionFields,
  tcpAcknowledgment,
  tcpFlags,
  tcpHeaderLength,
  tcpSequence,
  tcpWindow,
} from '@heddle/wire';
import { advance } from './sequence.js';

const NOTHING: Bytes = new Uint8Array(0);

/** The segment being worked on. One object is filled for segment after segment; the payload stays in the lent slab. */
export class Segment {
  readonly options: TcpOptionFields = createTcpOptionFields();
  slab: Bytes = NOTHING;
  /** Where the payload begins, and how much there is. */
  at = 0;
  length = 0;
  sourcePort = 0;
  destinationPort = 0;
  sequence = 0;
  acknowledgment = 0;
  flags = 0;
  /** It came with a SYN, also when that was taken off: its window is not scaled (RFC 7323 2.2). */
  isSyn = false;
  /** As it stands in the header, not scaled. */
  window = 0;

  /** False: no TCP header that fits. */
  read(slab: Bytes, at: number, length: number): boolean {
    const header = tcpHeaderLength(slab, at, length);
    if (header === 0) return false;
    this.slab = slab;
    this.at = at + header;
    this.length = length - header;
    this.sourcePort = sourcePort(slab, at);
    this.destinationPort = destinationPort(slab, at);
    this.sequence = tcpSequence(slab, at);
    this.acknowledgment = tcpAcknowledgment(slab, at);
    this.flags = tcpFlags(slab, at);
    this.isSyn = this.has(TCP_FLAG.SYN);
    this.window = tcpWindow(slab, at);
    readTcpOptions(slab, at + TCP.HEADER, header - TCP.HEADER, this.options);
    return true;
  }

  has(flag: number): boolean {
    return (this.flags & flag) !== 0;
  }

  /** Sequence numbers that it takes (SEG.LEN): SYN and FIN count. */
  get space(): number {
    return this.length + (this.has(TCP_FLAG.SYN) ? 1 : 0) + (this.has(TCP_FLAG.FIN) ? 1 : 0);
  }

  get end(): number {
    return advance(this.sequence, this.space);
  }

  /** Takes the SYN off, so that what is left may be looked at like any segment. */
  withoutSyn(): void {
    this.flags &= ~TCP_FLAG.SYN;
    this.sequence = advance(this.sequence, 1);
  }

  /** Takes off bytes that have come before. */
  trimFront(bytes: number): void {
    const payload = Math.min(bytes, this.length);
    this.at += payload;
    this.length -= payload;
    this.sequence = advance(this.sequence, bytes);
  }

  /** Takes off bytes for which there is no room, and with them the FIN behind. */
  trimBack(bytes: number): void {
    if (bytes <= 0) return;
    const fin = this.has(TCP_FLAG.FIN) ? 1 : 0;
    this.flags &= ~TCP_FLAG.FIN;
    this.length = Math.max(0, this.length - (bytes - fin));
  }
}
