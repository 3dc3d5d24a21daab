import {
  createUpperLayer,
  decodeUdp,
  destinationAt,
  encodeIpv4,
  encodeIpv6,
  encodeUdp,
  findUpperLayer,
  ipVersion,
  PROTOCOL,
  sourceAt,
  turnIntoEchoReply,
  type UpperLayer,
} from '@heddle/wire';
import type { Bytes } from '../contracts/packets.js';
import { setOf } from '../filter/rules.js';
import { decodeQuery, truncated } from '../names/dns-message.js';
import { DNS_ADDRESS, DNS_ADDRESS_6 } from '../names/service-addresses.js';

const DNS_PORT = 53;
/** Packets that may wait for their answer. */
const WAITING = 256;
const SERVICES = setOf([DNS_ADDRESS, DNS_ADDRESS_6]);
/** IPv6 and UDP header. */
const HEADERS = 48;

export interface ServiceHostOptions {
  /** Answers a DNS message. Never rejects. */
  readonly answer: (message: Bytes) => Promise<Bytes | undefined>;
  /** Brings an IP packet to the Stack, not in the caller's stack. */
  readonly deliver: (packet: Bytes) => void;
  readonly mtu: () => number;
}

/** The host behind the addresses that every node keeps for itself: it answers DNS over UDP and pings from the node's own Stack, and nothing else. */
export class ServiceHost {
  readonly #options: ServiceHostOptions;
  readonly #upper: UpperLayer = createUpperLayer();
  #waiting = 0;

  constructor(options: ServiceHostOptions) {
    this.#options = options;
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
    this.#options.deliver(reply(packet, datagram.sourcePort, fitting));
  }
}

function reply(packet: Bytes, port: number, payload: Bytes): Bytes {
  const version = packet[0]! >>> 4 === 4 ? 4 : 6;
  const size = version === 4 ? 4 : 16;
  const at = (from: number): Bytes => packet.slice(from, from + size);
  const [source, destination] = [at(destinationAt(version, 0)), at(sourceAt(version, 0))];
  const upper = encodeUdp({ sourcePort: DNS_PORT, destinationPort: port, payload }, source, destination);
  if (version === 6)
    return encodeIpv6({ trafficClass: 0, flowLabel: 0, nextHeader: PROTOCOL.UDP, hopLimit: 64, source, destination, payload: upper });
  return encodeIpv4({
    tos: 0,
    id: 0,
    dontFragment: true,
    moreFragments: false,
    fragmentOffset: 0,
    ttl: 64,
    protocol: PROTOCOL.UDP,
    source,
    destination,
    options: new Uint8Array(0),
    payload: upper,
  });
}
