import type { Observable } from 'rxjs';
import type { Bytes } from './packets.js';
import type { LocalEndpoint } from './remote.js';
import type { DnsConfig } from './stack.js';
import type { Clock, Health, Logger, Random } from './surroundings.js';

/** Another node, as control knows it. Immutable: a change is a new object. */
export interface Peer {
  /** Stable while the peer is the same machine; never empty. */
  readonly id: string;
  /** Resolves, also without the domain. May be empty. */
  readonly name: string;
  /** 32 bytes. */
  readonly nodeKey: Bytes;
  readonly addresses: readonly string[];
  /** Prefixes whose packets come from, and go to, this peer. */
  readonly allowedIps: readonly string[];
  /** Remote texts (`udp:192.0.2.1:51820`) where it may be reached, best first. */
  readonly endpoints: readonly string[];
  readonly presharedKey?: Bytes;
  /** Seconds; 0 or absent: off. */
  readonly persistentKeepalive?: number;
  readonly discoKey?: Bytes;
  /** Remote text of the relay where it listens. */
  readonly homeRelay?: string;
}

/** What control says about this node. */
export interface SelfConfig {
  readonly name: string;
  /** Own addresses with prefix length. */
  readonly addresses: readonly string[];
  readonly mtu?: number;
  readonly dns?: DnsConfig;
  /** For Binds with sockets. */
  readonly listenPort?: number;
  readonly mark?: number;
}

export interface ReadonlyPeers extends Iterable<Peer> {
  readonly size: number;
  get(id: string): Peer | undefined;
}

/** Immutable and persistent: a patch of one peer among 10,000 costs what the patch costs. */
export interface Netmap {
  readonly self: SelfConfig | undefined;
  readonly peers: ReadonlyPeers;
}

export interface NetmapPatch {
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

export type ControlState =
  | { readonly is: 'offline'; readonly reason: string; readonly retryAt?: number }
  | { readonly is: 'needs-login'; readonly url: string | undefined }
  | { readonly is: 'needs-approval' }
  | { readonly is: 'online' };

/** What this node tells control about itself. Absent fields stay as they were. */
export interface SelfUpdate {
  readonly endpoints?: readonly LocalEndpoint[];
  readonly homeRelay?: string;
  readonly hostname?: string;
}

export interface ControlContext {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
}

/** Who the peers are. Who *we* are is core's Identity service. */
export interface Control {
  readonly contract: 1;
  /** Resolves when it is at work, not when the server answered: that is state$. */
  open(context: ControlContext, signal: AbortSignal): Promise<void>;
  /** Idempotent; completes netmap$. */
  close(): Promise<void>;
  /** Replays the latest change as a whole map (patch undefined) to a late subscriber. */
  readonly netmap$: Observable<NetmapChange>;
  /** Replays the latest value. */
  readonly state$: Observable<ControlState>;
  readonly health$: Observable<Health>;
  publish(update: SelfUpdate): void;
  login?(options: { readonly signal?: AbortSignal }): Promise<void>;
  logout?(): Promise<void>;
}
