import type { Bytes } from '@heddle/core';
import { fillIpv4Checksum, IPV4, IPV6, PROTOCOL } from '@heddle/wire';
import type { PacketWriter } from '../output/packet-writer.js';
import { writeU16, writeU32 } from '../output/words.js';
import type { Network } from './network.js';
import { ipHeaderLength, TTL, writeIpHeader } from './packet-header.js';

const FRAGMENT_HEADER = 8;
const MORE_FRAGMENTS = 0x2000;

/** Sends whole payloads of UDP and ICMP, in fragments where the path is too narrow. */
export class IpOutput {
  readonly #network: Network;
  readonly #writer: PacketWriter;
  readonly #identification: () => number;

  /** `identification`: random numbers of 32 bits (RFC 7739). */
  constructor(network: Network, writer: PacketWriter, identification: () => number) {
    this.#network = network;
    this.#writer = writer;
    this.#identification = identification;
  }

  /** False: there was no room for all of it. */
  send(protocol: number, source: Bytes, destination: Bytes, payload: Bytes, ttl: number = TTL): boolean {
    const header = ipHeaderLength(source.length === 4 ? 4 : 6);
    const mtu = this.#network.mtuTo(destination);
    if (header + payload.length > mtu) return this.#sendFragments(protocol, source, destination, payload, mtu);
    const at = this.#writer.add(header + payload.length, this.#network.isOwn(destination));
    if (at < 0) return false;
    writeIpHeader(this.#writer.slab, at, header + payload.length, protocol, source, destination, ttl);
    this.#writer.slab.set(payload, at + header);
    return true;
  }

  #sendFragments(protocol: number, source: Bytes, destination: Bytes, payload: Bytes, mtu: number): boolean {
    const isV4 = source.length === 4;
    const headers = isV4 ? IPV4.HEADER : IPV6.HEADER + FRAGMENT_HEADER;
    const step = (mtu - headers) & ~7;
    const id = this.#identification();
    const isLoop = this.#network.isOwn(destination);
    for (let offset = 0; offset < payload.length; offset += step) {
      const part = payload.subarray(offset, offset + step);
      const at = this.#writer.add(headers + part.length, isLoop);
      if (at < 0) return false;
      const hasMore = offset + part.length < payload.length;
      writeIpHeader(this.#writer.slab, at, headers + part.length, isV4 ? protocol : PROTOCOL.FRAGMENT, source, destination);
      if (isV4) markFragment4(this.#writer.slab, at, id, offset, hasMore);
      else writeFragmentHeader(this.#writer.slab, at + IPV6.HEADER, protocol, id, offset, hasMore);
      this.#writer.slab.set(part, at + headers);
    }
    return true;
  }
}

function markFragment4(slab: Bytes, at: number, id: number, offset: number, hasMore: boolean): void {
  writeU16(slab, at + IPV4.ID, id);
  writeU16(slab, at + IPV4.FRAGMENT, (hasMore ? MORE_FRAGMENTS : 0) | (offset >>> 3));
  fillIpv4Checksum(slab, at);
}

/** | next | 0 | offset 13, 0 0 M | identification 4 | */
function writeFragmentHeader(slab: Bytes, at: number, next: number, id: number, offset: number, hasMore: boolean): void {
  writeU16(slab, at, next << 8);
  writeU16(slab, at + 2, offset | (hasMore ? 1 : 0));
  writeU32(slab, at + 4, id);
}
