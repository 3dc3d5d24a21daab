import type { Bytes, Crypto, PacketTable } from '@heddle/crypto';

/** Where a datagram came from or may go. Opaque to the protocol: two are the same place exactly when they are the same object. */
export interface Endpoint {
  /** Bytes that identify the place, for cookies. */
  readonly id: Bytes;
  /** What per-source limits count by. */
  readonly limitKey: string;
}

/** What a peer is allowed and expected to do: always the whole of it. */
export interface PeerConfig {
  readonly publicKey: Bytes;
  /** Prefixes such as `10.0.0.0/24`; a bare address means one host. */
  readonly allowedIps: readonly string[];
  /** True: nobody ever changes the list of allowed IPs, so that the engine may keep it instead of a copy. */
  readonly lasting?: boolean;
  readonly presharedKey?: Bytes;
  /** Where to send until the peer is heard from elsewhere. Absent, or the same as given last: the peer stays where it is. */
  readonly endpoint?: Endpoint;
  /** Seconds; 0 or absent: off. */
  readonly persistentKeepalive?: number;
}

/** Some of a peer's allowed IPs, written as in PeerConfig. What is both removed and added is there afterwards. */
export interface AllowedIpsPatch {
  /** Taken from whoever has them. */
  readonly add: readonly string[];
  /** Not having one of them is no mistake. */
  readonly remove: readonly string[];
}

/** The peer as its owner sees it. Bytes are whole datagrams, without those of the network below. */
export interface PeerStatus {
  readonly publicKey: Bytes;
  readonly endpoint: Endpoint | undefined;
  readonly allowedIps: readonly string[];
  readonly persistentKeepalive: number;
  readonly rxBytes: number;
  readonly txBytes: number;
  /** Wall-clock milliseconds; 0: never. */
  readonly lastHandshake: number;
}

/** A handle that stays the same object while the peer exists. `id` is a small integer, reused after removal: owners index tables by it. */
export interface PeerRef {
  readonly id: number;
  readonly publicKey: Bytes;
}

/** Why packets went no further. `expired`: too late for their session, or staged for one that never came. */
export type DropReason =
  | 'malformed'
  | 'unknown-type'
  | 'unknown-index'
  | 'bad-mac1'
  | 'bad-mac2'
  | 'bad-handshake'
  | 'bad-tag'
  | 'replay'
  | 'cryptokey'
  | 'no-route'
  | 'no-key'
  | 'expired'
  | 'counter-limit'
  | 'rate-limit'
  | 'handshake-queue-full'
  | 'staged-queue-full'
  | 'cookie';

/** Called synchronously from send, receive and tick. Tables are lent until the call returns. */
export interface Sink {
  /**
   * Whole datagrams for the network. A set `to` is where they go: with roaming the peer's endpoint, and always the source of what they
   * answer (handshake responses, cookie replies). Otherwise the owner's route decides; an owner without one drops and counts.
   */
  transmit(peer: PeerRef | undefined, to: Endpoint | undefined, datagrams: PacketTable): void;
  /** Clear packets that opened, are fresh, and whose source address belongs to the peer. */
  deliver(peer: PeerRef, packets: PacketTable): void;
  /** An authenticated packet came from another place than the one that the engine knew, if it knew any. */
  endpointChanged(peer: PeerRef, endpoint: Endpoint): void;
  /** A session can carry data from now on: as initiator after the response, as responder after the first data. */
  established(peer: PeerRef): void;
  drop(reason: DropReason, packets: number, peer?: PeerRef): void;
}

/** Remembers the TAI64N stamps of initiations beyond the life of an engine: peers refuse one that is not later than the last they saw. */
export interface StampKeeper {
  /** Wall-clock milliseconds. Stamps that are made from now on are later. */
  readonly last: number;
  /** An initiation with a stamp of this time, or a fraction of a millisecond before it, is about to be sent. */
  used(wallClock: number): void;
}

export interface WireGuardOptions {
  readonly crypto: Crypto;
  readonly sink: Sink;
  readonly random: (into: Bytes) => void;
  /** Wall-clock milliseconds, for TAI64N and the last-handshake time only. Everything else uses the monotonic `now` of the calls. */
  readonly wallClock: () => number;
  /** Default: stamps never go back within one engine, which does not help a process that restarts with an earlier wall clock. */
  readonly stamps?: StampKeeper;
  readonly privateKey?: Bytes;
  /** True (default): datagrams go where the peer was last heard, as in plain WireGuard. False: only answers name a place, the owner's route decides on the rest. */
  readonly roaming?: boolean;
  /** Inner MTU: padding never goes beyond it. 0: plain rounding. Default 1420. */
  readonly mtu?: number;
  readonly limits?: Partial<WireGuardLimits>;
}

export interface WireGuardLimits {
  /** Packets and bytes that wait per peer for a session; the oldest are dropped. */
  readonly stagedPackets: number;
  readonly stagedBytes: number;
  /** Handshake messages that wait for tick. */
  readonly handshakeQueue: number;
  /** Handshake messages per tick that cost a key agreement; sixteen times as many that are refused before. */
  readonly handshakesPerTick: number;
  /** Waiting handshake messages from which cookies are asked for; four times as many in a second that come to nothing have the same effect. */
  readonly underLoadAt: number;
  /** Sources whose rate is watched while under load; beyond them new ones are refused for a second. */
  readonly rateLimitedSources: number;
  readonly peers: number;
}

/**
 * The protocol without I/O. Times are monotonic milliseconds.
 *
 * Sealing and opening are in place: each packet given to send needs 16 bytes in front and 32 behind inside its slab, and what
 * the slab holds afterwards is undefined. The offsets and lengths of the caller's table are only read.
 *
 * The sink's handlers may call any method again. After a blocked event loop, call receive with what has waited before tick.
 */
export interface WireGuardEngine {
  /** Our own public key; undefined without a private key. */
  readonly publicKey: Bytes | undefined;
  /** Another key ends all sessions for sending, and removes a peer that has this very key. Undefined: no handshakes any more. */
  setPrivateKey(now: number, privateKey: Bytes | undefined): void;
  setMtu(mtu: number): void;
  /** Adds or changes one peer; what stays the same keeps its session. Throws a WireGuardError, with nothing applied, for what cannot be. */
  setPeer(now: number, config: PeerConfig): PeerRef;
  /**
   * Changes some allowed IPs of a peer, at the cost of these and not of all that it has. How many different prefixes it has then, or undefined
   * when there is no such peer. Throws as setPeer does, with nothing applied.
   */
  patchAllowedIps(now: number, publicKey: Bytes, patch: AllowedIpsPatch): number | undefined;
  /** False when there is no such peer. */
  removePeer(now: number, publicKey: Bytes): boolean;
  peer(publicKey: Bytes): PeerRef | undefined;
  /** All peers, in the order in which they were added. */
  peers(): readonly PeerRef[];
  /** What setPeer would need to make this peer again, with the endpoint as it is now. Holds the preshared key. */
  config(peer: PeerRef): PeerConfig;
  status(peer: PeerRef): PeerStatus;
  /** Whose allowed IPs cover the destination of a clear packet. Undefined: nobody's, or no IP packet. */
  peerFor(slab: Bytes, offset: number, length: number): PeerRef | undefined;
  /** Clear IP packets, routed by destination. */
  send(now: number, packets: PacketTable): void;
  /** Datagrams from one source. */
  receive(now: number, from: Endpoint, datagrams: PacketTable): void;
  /** Does what is due: queued handshakes, then timers. Calling it early is harmless. */
  tick(now: number): void;
  /** When to call tick next; Infinity when nothing is pending. Ask after each other call. */
  nextDeadline(): number;
  /** The machine slept for so long while the monotonic clock stood still: sessions that are too old by now end, and begin anew at once. */
  expireSessions(now: number, asleep: number): void;
  /** The network has changed: begins a handshake with each peer (of these, if named) that has a session or wants one, without waiting for a timer. */
  rehandshake(now: number, peers?: readonly PeerRef[]): void;
}
