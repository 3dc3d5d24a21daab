import {
  createUpperLayer,
  decodeTcp,
  decodeUdp,
  destinationAt,
  encodeIpv4,
  encodeIpv6,
  encodeTcp,
  encodeUdp,
  findUpperLayer,
  ipVersion,
  PROTOCOL,
  sourceAt,
  TCP_FLAG,
  turnIntoEchoReply,
  type UpperLayer,
} from '@heddle/wire';
import type { Bytes } from '../contracts/packets.js';
import { setOf } from '../filter/rules.js';
import { decodeQuery, truncated } from '../names/dns-message.js';
import { DNS_ADDRESS, DNS_ADDRESS_6 } from '../names/service-addresses.js';
import { type Reply, refuseSegment, ServiceTcp } from './service-tcp.js';

const DNS_PORT = 53;
/** Packets that may wait for their answer. */
const WAITING = 256;
const SERVICES = setOf([DNS_ADDRESS, DNS_ADDRESS_6]);
/** IPv6 header, with that of UDP or TCP. */
const HEADERS = 48;
const TCP_HEADERS = 60;
const WINDOW = 0xffff;
const NOTHING = new Uint8Array(0);

export interface ServiceHostOptions {
  /** Answers a DNS message. Never rejects. */
  readonly answer: (message: Bytes) => Promise<Bytes | undefined>;
  /** Brings an IP packet to the Stack, not in the caller's stack. */
  readonly deliver: (packet: Bytes) => void;
  readonly mtu: () => number;
  readonly now: () => number;
  /** The first sequence number of a TCP connection. */
  readonly startAt: () => number;
}

/** The host behind the addresses that every node keeps for itself: it answers DNS over UDP and TCP and pings from the node's own Stack, and nothing else. */
export class ServiceHost {
  readonly #options: ServiceHostOptions;
  readonly #upper: UpperLayer = createUpperLayer();
  readonly #tcp: ServiceTcp;
  #waiting = 0;

  constructor(options: ServiceHostOptions) {
    this.#options = options;
    this.#tcp = new ServiceTcp(options);
  }

  /** True when the packet is for this host, which then has it: nobody else must. */
  takes(slab: Bytes, offset: number, length: number): boolean {
    const version = ipVersion(slab, offset, length);
    if (version === 0 || !SERVICES.contains(version, slab, destinationAt(version, offset))) return false;
    if (this.#waiting < WAITING) this.#handle(slab.slice(offset, offset + length));
    return true;
  }

  #handle(packet: Bytes): void {
    const upper = this.#upper;
    if (turnIntoEchoReply(packet, 0, packet.length, upper)) return this.#options.deliver(packet);
    if (!findUpperLayer(packet, 0, packet.length, upper) || upper.fragmentOffset > 0 || upper.moreFragments) return;
    if (upper.protocol === PROTOCOL.TCP) this.#segment(packet, packet.subarray(upper.at, upper.at + upper.length));
    if (upper.protocol === PROTOCOL.UDP) void this.#datagram(packet, packet.subarray(upper.at, upper.at + upper.length));
  }

  async #datagram(packet: Bytes, bytes: Bytes): Promise<void> {
    const datagram = decodeUdp(bytes);
    if (datagram === undefined || datagram.destinationPort !== DNS_PORT) return;
    this.#waiting += 1;
    const response = await this.#options.answer(datagram.payload);
    this.#waiting -= 1;
    if (response === undefined) return;
    const query = decodeQuery(datagram.payload);
    const fitting = query === undefined ? response : truncated(response, query, Math.min(query.size, this.#options.mtu() - HEADERS));
    const ports = { sourcePort: DNS_PORT, destinationPort: datagram.sourcePort };
    this.#options.deliver(reply(packet, PROTOCOL.UDP, (from, to) => encodeUdp({ ...ports, payload: fitting }, from, to)));
  }

  #segment(packet: Bytes, bytes: Bytes): void {
    const segment = decodeTcp(bytes);
    if (segment === undefined) return;
    const { sourcePort, destinationPort } = segment;
    const largest = this.#options.mtu() - TCP_HEADERS;
    const send = (back: Reply): void => {
      const options = (back.flags & TCP_FLAG.SYN) === 0 ? {} : { mss: largest };
      const value = { ...back, sourcePort: destinationPort, destinationPort: sourcePort, window: WINDOW, urgent: 0, options };
      this.#options.deliver(reply(packet, PROTOCOL.TCP, (from, to) => encodeTcp(value, from, to)));
    };
    const key = `${addressesOf(packet).join()}:${sourcePort}`;
    if (destinationPort === DNS_PORT) this.#tcp.handle({ key, largest, send }, segment);
    else refuseSegment({ send }, segment);
  }
}

/** Source and destination address as bytes. */
function addressesOf(packet: Bytes): Bytes {
  return packet[0]! >>> 4 === 4 ? packet.subarray(12, 20) : packet.subarray(8, 40);
}

/** An IP packet back to where one came from, with what an upper protocol makes of the two addresses. */
function reply(packet: Bytes, protocol: number, upper: (source: Bytes, destination: Bytes) => Bytes): Bytes {
  const version = packet[0]! >>> 4 === 4 ? 4 : 6;
  const size = version === 4 ? 4 : 16;
  const at = (from: number): Bytes => packet.slice(from, from + size);
  const [source, destination] = [at(destinationAt(version, 0)), at(sourceAt(version, 0))];
  const payload = upper(source, destination);
  if (version === 6) return encodeIpv6({ trafficClass: 0, flowLabel: 0, nextHeader: protocol, hopLimit: 64, source, destination, payload });
  const whole = { tos: 0, id: 0, dontFragment: true, moreFragments: false, fragmentOffset: 0, ttl: 64, options: NOTHING };
  return encodeIpv4({ ...whole, protocol, source, destination, payload });
}
