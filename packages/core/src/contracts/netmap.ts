import type { Bytes } from './packets.js';
import type { RelayMap } from './relays.js';
import type { DnsConfig } from './stack.js';

/** A JSON value of somebody else's, as it was parsed. Objects have no prototype. */
export type JsonValue = null | boolean | number | string | readonly JsonValue[] | { readonly [key: string]: JsonValue };

/** What a node may do: capability names, each with the values that were granted under it. */
export type Capabilities = ReadonlyMap<string, readonly JsonValue[]>;

/** Who owns a node. */
export interface User {
  readonly id: string;
  readonly loginName: string;
  readonly displayName: string;
  readonly profilePicture?: string;
}

/** Something that a node offers to others, such as its PeerAPI. */
export interface PeerService {
  readonly protocol: string;
  readonly port: number;
  readonly description?: string;
}

/** Another node, as control knows it. Immutable: a change is a new object. */
export interface Peer {
  /** Stable while the peer is the same machine; never empty. */
  readonly id: string;
  /** Resolves, also without the domain. May be empty. */
  readonly name: string;
  /** 32 bytes. */
  readonly nodeKey: Bytes;
  /** Its own, without or with prefix length. */
  readonly addresses: readonly string[];
  /** Prefixes whose packets come from, and go to, this peer in any case. */
  readonly allowedIps: readonly string[];
  /** Prefixes behind this peer that this node uses only when it chooses to: subnet routes, and the default routes of an exit node. */
  readonly offeredRoutes?: readonly string[];
  /** Remote texts (`udp:192.0.2.1:51820`) where it may be reached, best first. */
  readonly endpoints: readonly string[];
  readonly presharedKey?: Bytes;
  /** Seconds; 0 or absent: off. */
  readonly persistentKeepalive?: number;
  readonly discoKey?: Bytes;
  /** Remote text of the relay where it listens. */
  readonly homeRelay?: string;
  /** Plain WireGuard without disco and relay: its endpoints are all there is. */
  readonly wireGuardOnly?: boolean;
  /** It may answer us, but not open anything to us. */
  readonly jailed?: boolean;
  /** Its key has expired: nothing goes to it or comes from it. */
  readonly expired?: boolean;
  /** Wall-clock milliseconds; absent: never. */
  readonly keyExpiry?: number;
  /** Absent: not known. */
  readonly online?: boolean;
  /** Wall-clock milliseconds. */
  readonly lastSeen?: number;
  /** Id of its owner among the netmap's users. A tagged node has tags instead. */
  readonly user?: string;
  readonly tags?: readonly string[];
  readonly capabilities?: Capabilities;
  /** Another name of control's for it, which people see: an exit node may be chosen by it. */
  readonly stableId?: string;
  readonly hostname?: string;
  readonly os?: string;
  readonly services?: readonly PeerService[];
}

/** What control says about this node. */
export interface SelfConfig {
  readonly name: string;
  /** Own addresses with prefix length. */
  readonly addresses: readonly string[];
  readonly mtu?: number;
  /** For the Stack, as it is. A netmap with `names` has its DNS from there. */
  readonly dns?: DnsConfig;
  /** For Binds with sockets. */
  readonly listenPort?: number;
  readonly mark?: number;
  /** Addresses, such as those of the control server, that must never be reached through the tunnel. */
  readonly outside?: readonly string[];
  /** This node as the others see it. `expired`: there are no peers, and the user has to log in. */
  readonly node?: Peer;
}

export interface PortRange {
  readonly first: number;
  readonly last: number;
}

/** Who may send what to this node. Sets of addresses are texts: `*`, an address, a prefix, or a range `a-b`. */
export interface FilterRule {
  /** Sets of addresses, or `cap:NAME` for the peers that have this capability. */
  readonly sources: readonly string[];
  readonly destinations: readonly { readonly addresses: string; readonly ports: PortRange }[];
  /** IP protocol numbers; absent: TCP, UDP, ICMP and ICMPv6. An empty list matches none. */
  readonly protocols?: readonly number[];
  /** Capabilities that the sources have towards these of our addresses; they open no port. */
  readonly grants?: readonly { readonly destinations: readonly string[]; readonly capabilities: Capabilities }[];
}

/** Rules that accept; what no rule accepts is dropped. */
export interface PacketFilter {
  readonly rules: readonly FilterRule[];
}

/** A name server as control writes it: an address, `address:port`, or a DNS-over-HTTPS URL. */
export interface Resolver {
  readonly address: string;
  /** Addresses for the URL's host. */
  readonly bootstrap?: readonly string[];
}

/** Names of the tailnet. */
export interface NameConfig {
  /** Names of nodes are answered. */
  readonly magic: boolean;
  /** The domain of the tailnet's nodes, without a dot at the end. May be empty. */
  readonly suffix: string;
  readonly search: readonly string[];
  /** For everything that no route covers; empty: the host's own. */
  readonly resolvers: readonly Resolver[];
  readonly fallbackResolvers: readonly Resolver[];
  /** Domain without a dot at the end → its name servers; none: answered here alone. */
  readonly routes: ReadonlyMap<string, readonly Resolver[]>;
  readonly records: readonly { readonly name: string; readonly type: 'A' | 'AAAA'; readonly value: string }[];
  /** Names for which this node may get certificates. */
  readonly certificateDomains: readonly string[];
}

export interface ReadonlyPeers extends Iterable<Peer> {
  readonly size: number;
  get(id: string): Peer | undefined;
}

/** What control says about more than single peers. An absent field: this control has nothing of the kind. */
export interface NetmapCommons {
  readonly users?: ReadonlyMap<string, User>;
  /** Absent: no filter, as in plain WireGuard. A control that has filters gives one from the first map on, empty until it knows better. */
  readonly filter?: PacketFilter;
  readonly names?: NameConfig;
  readonly relays?: RelayMap;
  /** The tailnet's name, for people. */
  readonly domain?: string;
}

/** Immutable and persistent: a patch of one peer among 10,000 costs what the patch costs. */
export interface Netmap extends NetmapCommons {
  readonly self: SelfConfig | undefined;
  readonly peers: ReadonlyPeers;
}

/** What changed. A field of the commons that is there replaces the one before. */
export interface NetmapPatch extends NetmapCommons {
  /** Set when it changed. */
  readonly self?: SelfConfig;
  readonly set: readonly Peer[];
  readonly removed: readonly string[];
}

export interface NetmapChange {
  /** Grows by one with each change. */
  readonly seq: number;
  readonly map: Netmap;
  /** What changed since seq - 1; undefined for a whole new map. */
  readonly patch: NetmapPatch | undefined;
}
