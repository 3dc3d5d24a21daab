import type { PacketTable } from '@heddle/crypto';
import { destinationAt, ipVersion, sourceAt } from '@heddle/wire';
import type { PacketFilter, Peer } from '../contracts/netmap.js';
import type { Bytes } from '../contracts/packets.js';
import type { DropCounters } from '../drops/drop-counters.js';
import type { AddressSet } from '../filter/address-set.js';
import { PacketJudge } from '../filter/packet-judge.js';
import { CompiledRules, type HasCapability, setOf } from '../filter/rules.js';
import { hostPrefix } from './route-choice.js';
import type { ServiceHost } from './service-host.js';
import { TableSieve } from './table-sieve.js';
import { isTsmp } from './tsmp.js';

/** What decides about packets, apart from who the peers are. */
export interface GatePolicy {
  /** Undefined: there is no filter. */
  readonly filter: PacketFilter | undefined;
  readonly shieldsUp: boolean;
  /** Our own addresses, with or without prefix length. */
  readonly addresses: readonly string[];
  /** Prefixes behind this node that others may reach. */
  readonly routes: readonly string[];
  /** TCP ports of our own addresses where connections pass whatever the filter says: who listens there decides. */
  readonly admits: readonly number[];
}

export interface PacketGateOptions {
  readonly drops: DropCounters;
  /** Has a packet of TSMP to one of our own addresses, which the Stack does not see. */
  readonly tsmp: (packet: Bytes) => void;
}

const NO_POLICY: GatePolicy = { filter: undefined, shieldsUp: false, addresses: [], routes: [], admits: [] };
const LOOPBACK: readonly string[] = ['127.0.0.0/8', '::1'];

/**
 * Between engine and Stack, in both directions: the packet filter, and the addresses that no packet of a tunnel may bear.
 * Where neither is needed it costs two comparisons a batch.
 */
export class PacketGate {
  readonly #options: PacketGateOptions;
  readonly #judge = new PacketJudge();
  readonly #sieves = { in: new TableSieve(), out: new TableSieve() };
  /** By their number in the engine. */
  readonly #peers: (Peer | undefined)[] = [];
  readonly #addresses = new WeakMap<Peer, AddressSet>();
  #policy = NO_POLICY;
  #rules: CompiledRules | undefined;
  /** Ours and the loopback's: nobody else speaks from there, and nothing goes there. */
  #forbidden: AddressSet = setOf(LOOPBACK);
  #guarded = false;
  #services: ServiceHost | undefined;
  #jailed = 0;
  /** The sender of the batch in hand. */
  #sender: Peer | undefined;

  constructor(options: PacketGateOptions) {
    this.#options = options;
  }

  use(policy: GatePolicy): void {
    const before = this.#policy;
    this.#policy = policy;
    if (policy.filter !== before.filter) this.#rules = policy.filter && new CompiledRules(policy.filter);
    const addresses = policy.addresses.map(hostPrefix);
    this.#forbidden = setOf([...LOOPBACK, ...addresses]);
    for (const port of before.admits) this.#judge.admitPort(port, undefined);
    for (const port of policy.admits) this.#judge.admitPort(port, setOf(addresses));
    this.#judge.use({ rules: policy.shieldsUp ? undefined : this.#rules, own: setOf([...addresses, ...policy.routes]) });
  }

  /** Whether prefixes of peers may cover our own addresses, so that their cryptokey routing would let these through. */
  guard(guarded: boolean): void {
    this.#guarded = guarded;
  }

  /** The host behind the addresses that never leave this node; undefined: they are as others. */
  serve(services: ServiceHost | undefined): void {
    this.#services = services;
  }

  /** A peer is there in this form, or (undefined) no longer. */
  setPeer(id: number, peer: Peer | undefined): void {
    if (this.#peers[id]?.jailed) this.#jailed -= 1;
    if (peer?.jailed) this.#jailed += 1;
    this.#peers[id] = peer;
  }

  /** The peer behind a number of the engine. */
  peer(id: number): Peer | undefined {
    return this.#peers[id];
  }

  /** Packets of a peer without those that may not come in; undefined when none is left. Valid until the next call. */
  comesIn(peer: number, packets: PacketTable): PacketTable | undefined {
    if (!this.#judges && !this.#guarded) return packets;
    this.#sender = this.#peers[peer];
    return this.#sieves.in.pass(packets, this.#mayComeIn);
  }

  /** Packets on their way to peers, without those that lead nowhere; undefined when none is left. Valid until the next call. */
  goesOut(packets: PacketTable): PacketTable | undefined {
    if (!this.#judges && !this.#guarded && this.#services === undefined) return packets;
    return this.#sieves.out.pass(packets, this.#mayGoOut);
  }

  /** True while any packet has to be judged, so that what is sent has to be remembered. */
  get #judges(): boolean {
    return this.#filters || this.#jailed > 0;
  }

  get #filters(): boolean {
    return this.#rules !== undefined || this.#policy.shieldsUp;
  }

  readonly #mayComeIn = (slab: Bytes, offset: number, length: number): boolean => {
    if (this.#guarded && this.#isForbidden(slab, offset, length, sourceAt)) return this.#drop('cryptokey');
    const jailed = this.#sender?.jailed ?? false;
    if (!jailed && !this.#filters) return true;
    if (!this.#judge.accepts(slab, offset, length, jailed, this.#has)) return this.#drop('filter');
    return !this.#takesTsmp(slab, offset, length);
  };

  readonly #mayGoOut = (slab: Bytes, offset: number, length: number): boolean => {
    if (this.#services?.takes(slab, offset, length)) return false;
    if (this.#guarded && this.#isForbidden(slab, offset, length, destinationAt)) return this.#drop('no-route');
    if (this.#judges) this.#judge.sent(slab, offset, length);
    return true;
  };

  /** A capability counts only when the packet comes from one of the peer's own addresses. */
  readonly #has: HasCapability = (name, version, slab, source) => {
    const sender = this.#sender;
    if (sender === undefined || !(sender.capabilities?.has(name) ?? false)) return false;
    return this.#addressesOf(sender).contains(version, slab, source);
  };

  #isForbidden(slab: Bytes, offset: number, length: number, where: (version: 4 | 6, offset: number) => number): boolean {
    const version = ipVersion(slab, offset, length);
    return version !== 0 && this.#forbidden.contains(version, slab, where(version, offset));
  }

  #takesTsmp(slab: Bytes, offset: number, length: number): boolean {
    if (!isTsmp(slab, offset, length) || !this.#isForbidden(slab, offset, length, destinationAt)) return false;
    this.#options.tsmp(slab.slice(offset, offset + length));
    return true;
  }

  #addressesOf(peer: Peer): AddressSet {
    let addresses = this.#addresses.get(peer);
    if (addresses === undefined) {
      addresses = setOf(peer.addresses.map(hostPrefix));
      this.#addresses.set(peer, addresses);
    }
    return addresses;
  }

  #drop(reason: 'cryptokey' | 'filter' | 'no-route'): false {
    this.#options.drops.count(reason, 1);
    return false;
  }
}
