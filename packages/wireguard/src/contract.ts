import type { Bytes, Crypto, PacketTable } from '@heddle/crypto';

/** Where a datagram came from or may go. Opaque to the protocol: two are the same place exactly when they are the same object. */
export interface Endpoint {
  /** Bytes that identify the place, for cookies. */
  readonly id: Bytes;
  /** What per-source limits count by. */
  readonly limitKey: string;
}

/** What a peer is allowed and expected to do. */
export interface PeerConfig {
  readonly publicKey: Bytes;
  /** Prefixes such as `10.0.0.0/24`; a bare address means one host. */
  readonly allowedIps: readonly string[];
  readonly presharedKey?: Bytes;
  /** Where to send until the peer is heard from elsewhere. */
  readonly endpoint?: Endpoint;
  /** Seconds; 0 or absent: off. */
  readonly persistentKeepalive?: number;
}

/** The peer as its owner sees it. */
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
  /** Datagrams for the network. `to` is set when the answer must go back the way it came (handshakes, cookies) or for a static endpoint; otherwise the owner's route decides. */
  transmit(peer: PeerRef | undefined, to: Endpoint | undefined, datagrams: PacketTable): void;
  /** Clear packets that opened, are fresh, and whose source address belongs to the peer. */
  deliver(peer: PeerRef, packets: PacketTable): void;
  /** An authenticated packet came from another place than the last one. */
  endpointChanged(peer: PeerRef, endpoint: Endpoint): void;
  /** A session can carry data from now on. */
  established(peer: PeerRef): void;
  drop(reason: DropReason, packets: number, peer?: PeerRef): void;
}

export interface WireGuardOptions {
  readonly crypto: Crypto;
  readonly sink: Sink;
  readonly random: (into: Bytes) => void;
  /** Wall-clock milliseconds, for TAI64N and the last-handshake time only. Everything else uses the monotonic `now` of the calls. */
  readonly wallClock: () => number;
  readonly privateKey?: Bytes;
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
  /** Handshake messages worked on per tick. */
  readonly handshakesPerTick: number;
  /** Waiting handshake messages from which cookies are asked for. */
  readonly underLoadAt: number;
  readonly peers: number;
}

/**
 * The protocol without I/O. Times are monotonic milliseconds.
 *
 * send and receive may write into the tables they are given (sealing and opening are in place): each packet given to send needs
 * 16 bytes in front and 32 behind inside its slab.
 */
export interface WireGuardEngine {
  setPrivateKey(now: number, privateKey: Bytes | undefined): void;
  setMtu(mtu: number): void;
  /** Adds or changes one peer; what stays the same keeps its session. */
  setPeer(now: number, config: PeerConfig): PeerRef;
  removePeer(now: number, publicKey: Bytes): boolean;
  peer(publicKey: Bytes): PeerRef | undefined;
  status(peer: PeerRef): PeerStatus;
  /** Clear IP packets, routed by destination. */
  send(now: number, packets: PacketTable): void;
  /** Datagrams from one source. */
  receive(now: number, from: Endpoint, datagrams: PacketTable): void;
  /** Does what is due: timers and queued handshakes. Calling it early is harmless. */
  tick(now: number): void;
  /** When to call tick next; Infinity when nothing is pending. */
  nextDeadline(): number;
}
