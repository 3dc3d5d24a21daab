import type { Bytes } from '@heddle/core';
import {
  decodeIcmp,
  decodeIcmpv6,
  decodeQuotedPacket,
  encodeIcmp,
  encodeIcmpv6,
  ICMP_UNREACHABLE,
  ICMPV6_UNREACHABLE,
  type IcmpMessage,
  PROTOCOL,
  type QuotedPacket,
  type UpperLayer,
} from '@heddle/wire';
import type { HeaderFault } from '../ip/extension-headers.js';
import type { IpOutput } from '../ip/ip-output.js';
import type { Network } from '../ip/network.js';
import { RateLimit } from '../ip/rate-limit.js';
import { readU32 } from '../output/words.js';
import { Pings } from './pings.js';

/** E.2 #51, E.3. */
const ERRORS_PER_SECOND = 1_000;
const ERRORS_AT_ONCE = 50;
const ECHOES_PER_SECOND = 1_000;
const ECHOES_AT_ONCE = 10_000;
/** An error quotes no more than this of a packet: RFC 792 asks for 8 bytes of payload, RFC 4443 for what fits into 1280. */
const QUOTE = { 4: 548, 6: 1_232 };
const NONCE = 8;
/** RFC 792. */
const UNREACHABLE_PROTOCOL = 2;

/** What routers and hosts say about a packet of ours. */
export interface PathNews {
  readonly kind: 'unreachable' | 'too-big';
  /** The port, not the host, is closed. */
  readonly isPort: boolean;
  readonly mtu: number;
  readonly quoted: QuotedPacket;
}

type PathMessage = Extract<IcmpMessage, { quoted: Bytes }>;

export interface IcmpParts {
  readonly network: Network;
  readonly output: IpOutput;
  readonly random: () => number;
  readonly drop: (reason: string) => void;
  /** An error about one of our packets. */
  readonly news: (news: PathNews, now: number) => void;
}

/** Answers echo, sends it, and hears and says what cannot be reached. */
export class IcmpLayer {
  readonly pings: Pings;
  readonly #parts: IcmpParts;
  readonly #errors = new RateLimit(ERRORS_PER_SECOND, ERRORS_AT_ONCE);
  readonly #echoes = new RateLimit(ECHOES_PER_SECOND, ECHOES_AT_ONCE);

  constructor(parts: IcmpParts) {
    this.#parts = parts;
    this.pings = new Pings(parts.random());
  }

  /** One message of a whole packet whose checksum is right, between these addresses. */
  input(slab: Bytes, upper: UpperLayer, source: Bytes, destination: Bytes, now: number): void {
    const bytes = slab.subarray(upper.at, upper.at + upper.length);
    const message = upper.version === 4 ? decodeIcmp(bytes) : decodeIcmpv6(bytes);
    if (message === undefined) this.#parts.drop('icmp-malformed');
    else if (message.kind === 'echo-request') this.#answer(message, source, destination, now);
    else if (message.kind === 'echo-reply')
      this.pings.answered(((message.identifier << 16) | message.sequence) >>> 0, source, message.data, now);
    else if (message.kind === 'unreachable' || message.kind === 'too-big') this.#hear(message, upper.version, now);
    else this.#parts.drop('icmp-ignored');
  }

  /** Tells the sender of a whole UDP packet that nobody listens there. */
  refusePort(slab: Bytes, ip: number, upper: UpperLayer, source: Bytes, destination: Bytes, now: number): void {
    if (!this.#errors.take(now)) return;
    const code = upper.version === 4 ? ICMP_UNREACHABLE.PORT : ICMPV6_UNREACHABLE.PORT;
    this.#send({ kind: 'unreachable', code, quoted: quoteOf(slab, ip, upper) }, destination, source);
  }

  /** Tells the sender of a whole IPv4 packet that nobody here speaks its protocol. */
  refuseProtocol(slab: Bytes, ip: number, upper: UpperLayer, source: Bytes, destination: Bytes, now: number): void {
    if (this.#errors.take(now))
      this.#send({ kind: 'unreachable', code: UNREACHABLE_PROTOCOL, quoted: quoteOf(slab, ip, upper) }, destination, source);
  }

  /** Tells the sender of an IPv6 packet what in it cannot be worked with. */
  refuseHeader(slab: Bytes, ip: number, upper: UpperLayer, fault: HeaderFault, now: number): void {
    if (fault.code < 0 || !this.#errors.take(now)) return;
    const [source, destination] = [slab.slice(ip + 8, ip + 24), slab.slice(ip + 24, ip + 40)];
    this.#send({ kind: 'parameter-problem', ...fault, quoted: quoteOf(slab, ip, upper) }, destination, source);
  }

  /** Sends an echo request. Undefined: too many wait, or it could not be sent. */
  ping(
    from: Bytes,
    to: Bytes,
    now: number,
    outcome: { readonly answered: (milliseconds: number) => void; readonly failed: (reason: 'unreachable' | 'closed') => void },
  ): number | undefined {
    if (this.pings.isFull) return undefined;
    const nonce = new Uint8Array(NONCE);
    for (let i = 0; i < NONCE; i++) nonce[i] = this.#parts.random();
    const key = this.pings.add({ to, sentAt: now, nonce, ...outcome });
    this.#send({ kind: 'echo-request', identifier: key >>> 16, sequence: key & 0xffff, data: nonce }, from, to);
    return key;
  }

  #answer(message: Extract<IcmpMessage, { kind: 'echo-request' | 'echo-reply' }>, source: Bytes, destination: Bytes, now: number): void {
    if (this.#echoes.take(now)) this.#send({ ...message, kind: 'echo-reply' }, destination, source);
    else this.#parts.drop('icmp-rate-limit');
  }

  #send(message: IcmpMessage, from: Bytes, to: Bytes): void {
    const isV4 = from.length === 4;
    const bytes = isV4 ? encodeIcmp(message) : encodeIcmpv6(message, from, to);
    this.#parts.output.send(isV4 ? PROTOCOL.ICMP : PROTOCOL.ICMPV6, from, to, bytes);
  }

  /** Only errors about packets that come from an own address. */
  #hear(message: PathMessage, version: 4 | 6, now: number): void {
    const quoted = decodeQuotedPacket(message.quoted);
    if (quoted === undefined || quoted.version !== version || !this.#parts.network.isOwn(quoted.source)) {
      this.#parts.drop('icmp-not-ours');
      return;
    }
    const port = version === 4 ? ICMP_UNREACHABLE.PORT : ICMPV6_UNREACHABLE.PORT;
    const isPort = message.kind === 'unreachable' && message.code === port;
    const isEcho = quoted.protocol === PROTOCOL.ICMP || quoted.protocol === PROTOCOL.ICMPV6;
    if (!isEcho)
      this.#parts.news(
        message.kind === 'too-big'
          ? { kind: 'too-big', isPort, mtu: message.mtu, quoted }
          : { kind: 'unreachable', isPort, mtu: 0, quoted },
        now,
      );
    else if (message.kind === 'unreachable' && quoted.upper.length >= 8)
      this.pings.unreachable(readU32(quoted.upper, 4), quoted.destination);
  }
}

function quoteOf(slab: Bytes, ip: number, upper: UpperLayer): Bytes {
  return slab.slice(ip, ip + Math.min(upper.at + upper.length - ip, QUOTE[upper.version]));
}
