import { ICMP_TYPE, ICMPV6_TYPE, PROTOCOL, TCP_FLAG } from '@heddle/wire';
import type { Bytes } from '../contracts/packets.js';
import { AddressSet, readWord } from './address-set.js';
import { createPacketFacts, hasReplies, LATER_FRAGMENT, type PacketFacts, readFacts, UNREADABLE } from './packet-facts.js';
import { RecentKeys } from './recent-keys.js';
import type { CompiledRules, HasCapability } from './rules.js';

/** So many tuples of sent datagrams are remembered, as in the official client. */
const REPLIES = 512;
/** So many first fragments that were refused are remembered. */
const REFUSED = 128;
/** The one address of its range that is no link-local address to us: name servers of clouds. */
const CLOUD_ADDRESS = 0xa9fe_a9fe;
const ICMP_HEADER = 8;

/** Which packets may come in. */
export interface Policy {
  /** Undefined: nothing may be opened, as with shields up. */
  readonly rules: CompiledRules | undefined;
  /** Own addresses and advertised routes: what a packet may be for. */
  readonly own: AddressSet;
}

/** Nobody has a capability. */
export const NO_CAPABILITIES: HasCapability = () => false;

/** Decides packet by packet, in the order of the official client's filter, and remembers what was sent so that replies pass. Allocates nothing per packet. */
export class PacketJudge {
  readonly #facts = createPacketFacts();
  /** Tuples of replies to what was sent. */
  #sent: RecentKeys | undefined;
  /** First fragments that were refused: what follows them is refused too. */
  #refused: RecentKeys | undefined;
  readonly #admitted = new Map<number, AddressSet>();
  #policy: Policy = { rules: undefined, own: AddressSet.empty };

  /** Rules may change at any time: replies to what was sent before still pass. */
  use(policy: Policy): void {
    this.#policy = policy;
  }

  /** TCP connections to this port of these addresses pass, whatever the rules say: who listens there decides. Undefined: no more. */
  admitPort(port: number, addresses: AddressSet | undefined): void {
    if (addresses === undefined) this.#admitted.delete(port);
    else this.#admitted.set(port, addresses);
  }

  /** Remembers an outgoing packet, if replies to it have to be recognised. */
  sent(slab: Bytes, offset: number, length: number): void {
    if (length === 0 || !mayHaveReplies(slab, offset, length)) return;
    const facts = this.#facts;
    readFacts(slab, offset, length, facts);
    if (!hasReplies(facts.protocol)) return;
    const ports = ((facts.destinationPort << 16) | facts.sourcePort) >>> 0;
    this.#sent ??= new RecentKeys(REPLIES);
    this.#sent.add(facts.version, slab, facts.destination, facts.source, ports, facts.protocol);
  }

  /** May the packet come in? A sender that is `jailed` may only answer. */
  accepts(slab: Bytes, offset: number, length: number, jailed: boolean, has: HasCapability): boolean {
    if (length === 0) return true;
    const facts = this.#facts;
    readFacts(slab, offset, length, facts);
    const accepted = this.#isAccepted(slab, facts, jailed, has);
    if (!accepted && facts.fragmentId >= 0) this.#refuseFragments(slab, facts);
    return accepted;
  }

  #isAccepted(slab: Bytes, facts: PacketFacts, jailed: boolean, has: HasCapability): boolean {
    if (facts.protocol === UNREADABLE || isGroupOrLink(slab, facts)) return false;
    if (facts.protocol === LATER_FRAGMENT) return !this.#followsRefused(slab, facts);
    if (!this.#isOurs(slab, facts)) return false;
    return this.#mayPass(slab, facts, jailed ? undefined : this.#policy.rules, has) || this.#isAdmitted(slab, facts);
  }

  #mayPass(slab: Bytes, facts: PacketFacts, rules: CompiledRules | undefined, has: HasCapability): boolean {
    const { protocol, version } = facts;
    if (protocol === PROTOCOL.TSMP) return true;
    if (protocol === PROTOCOL.TCP) return !isOpening(facts) || (rules?.acceptPort(slab, facts, has) ?? false);
    if (hasReplies(protocol)) return this.#isReply(slab, facts) || (rules?.acceptPort(slab, facts, has) ?? false);
    if (protocol !== (version === 4 ? PROTOCOL.ICMP : PROTOCOL.ICMPV6)) return rules?.acceptProtocol(slab, facts) ?? false;
    return isIcmpAnswer(slab, facts) || (rules?.acceptAddresses(slab, facts, has) ?? false);
  }

  #isOurs(slab: Bytes, facts: PacketFacts): boolean {
    return this.#policy.own.contains(facts.version, slab, facts.destination);
  }

  #isReply(slab: Bytes, facts: PacketFacts): boolean {
    const ports = ((facts.sourcePort << 16) | facts.destinationPort) >>> 0;
    return this.#sent?.has(facts.version, slab, facts.source, facts.destination, ports, facts.protocol) ?? false;
  }

  #refuseFragments(slab: Bytes, facts: PacketFacts): void {
    this.#refused ??= new RecentKeys(REFUSED);
    this.#refused.add(facts.version, slab, facts.source, facts.destination, facts.fragmentId, 0);
  }

  #followsRefused(slab: Bytes, facts: PacketFacts): boolean {
    return this.#refused?.has(facts.version, slab, facts.source, facts.destination, facts.fragmentId, 0) ?? false;
  }

  #isAdmitted(slab: Bytes, facts: PacketFacts): boolean {
    if (this.#admitted.size === 0 || facts.protocol !== PROTOCOL.TCP || (facts.tcpFlags & TCP_FLAG.SYN) === 0) return false;
    return this.#admitted.get(facts.destinationPort)?.contains(facts.version, slab, facts.destination) ?? false;
  }
}

/** The first segment of a connection. All others are left to the TCP of the Stack. */
function isOpening(facts: PacketFacts): boolean {
  return (facts.tcpFlags & (TCP_FLAG.SYN | TCP_FLAG.ACK)) === TCP_FLAG.SYN;
}

/** Looks at two bytes, so that TCP costs nothing. IPv6 with a header in between is read in full. */
function mayHaveReplies(slab: Bytes, offset: number, length: number): boolean {
  if (length < 20) return false;
  return slab[offset + (slab[offset]! >>> 4 === 4 ? 9 : 6)] !== PROTOCOL.TCP;
}

/** Multicast and link-local destinations mean nothing in a tunnel. */
function isGroupOrLink(slab: Bytes, facts: PacketFacts): boolean {
  const word = readWord(slab, facts.destination);
  if (facts.version === 6) return word >>> 24 === 0xff || word >>> 22 === 0x3fa;
  return word >>> 28 === 0xe || (word >>> 16 === 0xa9fe && word !== CLOUD_ADDRESS);
}

/** Echo replies and errors: answers to what we have sent. */
function isIcmpAnswer(slab: Bytes, facts: PacketFacts): boolean {
  if (facts.length < ICMP_HEADER) return false;
  const type = slab[facts.at]!;
  if (type === (facts.version === 4 ? ICMP_TYPE.ECHO_REPLY : ICMPV6_TYPE.ECHO_REPLY)) return slab[facts.at + 1] === 0;
  return (facts.version === 4 ? ICMP_ERRORS : ICMPV6_ERRORS).includes(type);
}

const ICMP_ERRORS: readonly number[] = [ICMP_TYPE.UNREACHABLE, ICMP_TYPE.TIME_EXCEEDED, ICMP_TYPE.PARAMETER_PROBLEM];
const ICMPV6_ERRORS: readonly number[] = [1, 2, 3, 4];
