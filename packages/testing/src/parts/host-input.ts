import type { Bytes, PacketBatch, PartContext } from '@heddle/core';
import {
  createUpperLayer,
  destinationAt,
  findUpperLayer,
  ICMP_HEADER,
  ICMP_TYPE,
  ICMPV6_TYPE,
  ipPacketLength,
  ipv4ChecksumValid,
  PROTOCOL,
  sourceAt,
  turnIntoEchoReply,
  UDP,
  udpLength,
  upperChecksumValid,
} from '@heddle/wire';
import type { BatchRun } from './batch-run.js';
import type { MemoryHost } from './memory-host.js';

/** What a host does with packets that are delivered to it. */
export class HostInput {
  readonly #host: MemoryHost;
  readonly #replies: BatchRun;
  readonly #context: Pick<PartContext, 'drop' | 'log'>;
  readonly #upper = createUpperLayer();
  readonly #scratch = createUpperLayer();

  constructor(host: MemoryHost, replies: BatchRun, context: Pick<PartContext, 'drop' | 'log'>) {
    this.#host = host;
    this.#replies = replies;
    this.#context = context;
  }

  /** Echo replies are gathered into as few batches as they fit in; nothing is made per packet for them. */
  take(batch: PacketBatch): void {
    for (let i = 0; i < batch.count; i++) {
      if (!this.#packet(batch.slab, batch.offsets[i]!, batch.lengths[i]!, batch.count - i - 1)) this.#context.drop('malformed', 1);
    }
    this.#replies.flush();
  }

  /** False: nothing that this host understands. */
  #packet(slab: Bytes, offset: number, length: number, more: number): boolean {
    const upper = this.#upper;
    if (!findUpperLayer(slab, offset, length, upper) || upper.fragmentOffset > 0 || upper.moreFragments) return false;
    const destination = destinationAt(upper.version, offset);
    if (!this.#host.owns(slab, destination, upper.version === 4 ? 4 : 16)) return false;
    if (upper.version === 4 && !ipv4ChecksumValid(slab, offset)) return false;
    if (!upperChecksumValid(slab, offset, upper)) return false;
    if (upper.protocol === PROTOCOL.UDP) return this.#udp(slab, offset);
    if (upper.protocol === (upper.version === 4 ? PROTOCOL.ICMP : PROTOCOL.ICMPV6)) return this.#icmp(slab, offset, length, more);
    return false;
  }

  #icmp(slab: Bytes, offset: number, length: number, more: number): boolean {
    const { at, version, length: size } = this.#upper;
    if (size < ICMP_HEADER) return false;
    const type = slab[at]!;
    if (type === (version === 4 ? ICMP_TYPE.ECHO_REQUEST : ICMPV6_TYPE.ECHO_REQUEST)) this.#reply(slab, offset, length, more);
    else if (type === (version === 4 ? ICMP_TYPE.ECHO_REPLY : ICMPV6_TYPE.ECHO_REPLY)) this.#echoed(slab, offset, at);
    return true;
  }

  #reply(slab: Bytes, offset: number, length: number, more: number): void {
    const size = ipPacketLength(slab, offset, length);
    if (size > this.#host.mtu) return this.#context.drop('too-large', 1);
    const batch = this.#replies.push(slab, offset, size, more);
    if (batch !== undefined) turnIntoEchoReply(batch.slab, batch.offsets[batch.count - 1]!, size, this.#scratch);
  }

  #echoed(slab: Bytes, offset: number, at: number): void {
    const source = this.#address(slab, sourceAt(this.#upper.version, offset));
    this.#host.echoed(source, readU16(slab, at + 4), readU16(slab, at + 6));
  }

  #udp(slab: Bytes, offset: number): boolean {
    const { at, length, version } = this.#upper;
    const size = udpLength(slab, at, length);
    if (size === 0) return false;
    const source = this.#address(slab, sourceAt(version, offset));
    const destination = this.#address(slab, destinationAt(version, offset));
    const datagram = slab.subarray(at + UDP.HEADER, at + size);
    const [from, to] = [readU16(slab, at + UDP.SOURCE_PORT), readU16(slab, at + UDP.DESTINATION_PORT)];
    try {
      if (!this.#host.received(destination, to, datagram, source, from)) this.#context.drop('no-listener', 1);
    } catch (error) {
      this.#context.log.error({ error, port: to }, 'a UDP listener threw');
    }
    return true;
  }

  #address(slab: Bytes, at: number): Bytes {
    return slab.subarray(at, at + (this.#upper.version === 4 ? 4 : 16));
  }
}

function readU16(b: Bytes, at: number): number {
  return (b[at]! << 8) | b[at + 1]!;
}
