import type { Crypto } from '@heddle/crypto';
import type { Observable } from 'rxjs';
import type { Plugin } from '../composition/plugin.js';
import type { Token } from '../composition/token.js';
import type { ControlState } from '../contracts/control.js';
import type { FlowLayer } from '../contracts/flows.js';
import type { NetmapChange } from '../contracts/netmap.js';
import type { StateStore } from '../contracts/state-store.js';
import type { Clock, Logger, Random } from '../contracts/surroundings.js';
import type { Underlay } from '../contracts/underlay.js';
import type { EndpointView, PathChange, PathCounters, PathTally, PeerStatusView, PluginHealth } from '../data-plane/kernel.js';
import type { Limits } from '../limits/limits.js';
import type { WhoIs } from '../netmap/whois.js';
import type { PreferenceChange, PreferenceService } from '../preferences/preferences.js';
import type { NodeLife, NodeState } from './node-state.js';

/** Anything that can look up a service: a container of the application's own, of whatever make. */
export interface Host {
  get<T>(token: Token<T>): T | undefined;
}

export interface NodeOptions {
  readonly hostname?: string;
  /** Services of the application, offered to plugins that need their tokens. A plugin's own provision goes first. */
  readonly host?: Host;
  /** Defaults: the machine's monotonic clock, its entropy, and silence. */
  readonly clock?: Clock;
  readonly random?: Random;
  readonly logger?: Logger;
  /** Default: what `chooseCrypto()` of @heddle/crypto chooses. Many nodes of one process may share one. */
  readonly crypto?: Crypto;
  /** Where identity is kept. Default: in memory, so a new identity each time. */
  readonly state?: StateStore;
  readonly limits?: Partial<Limits>;
  /** For names that other servers know; a plugin's `Tokens.UdpSockets` go first. Default: none; `createNode` of `@heddle/core/node` has the machine's. */
  readonly underlay?: Underlay;
  /** What holds from the start; `node.preferences` changes it. Default: no routes of others, shields down, the tailnet's DNS. */
  readonly preferences?: PreferenceChange;
  /** For tests: released packet memory is overwritten. */
  readonly poison?: boolean;
}

/** One step of starting or stopping. */
export interface Progress {
  readonly plugin: string;
  readonly step: 'starting' | 'started' | 'stopping' | 'stopped' | 'failed';
  readonly error?: unknown;
}

export interface PluginStatus {
  readonly name: string;
  readonly running: boolean;
  readonly health: PluginHealth;
}

/** A snapshot for people and for metrics; plain values only. */
export interface NodeStatus {
  readonly hostname: string;
  readonly life: NodeLife;
  readonly state: NodeState;
  readonly control: ControlState | undefined;
  readonly plugins: readonly PluginStatus[];
  readonly peers: readonly PeerStatusView[];
  /** By scheme, of the Binds that are open. */
  readonly counters: readonly PathCounters[];
  /** By kind of path, since start. */
  readonly traffic: readonly PathTally[];
  /** Where others may reach this node; the `relay` is its home. */
  readonly endpoints: readonly EndpointView[];
  readonly drops: Readonly<Record<string, number>>;
  /** Which provider serves each primitive. */
  readonly crypto: Readonly<Record<string, string>>;
}

/** A running composition. Made by createNode; nothing happens before start. */
export interface HeddleNode extends AsyncDisposable {
  /** Starts every part in order. On failure all that had started is stopped, the error names the plugin, and start may be called again. */
  start(options?: { readonly signal?: AbortSignal }): Promise<void>;
  /** Idempotent, ordered, bounded. Never rejects: what went wrong is in health and progress. */
  close(): Promise<void>;
  /** The service under a token. */
  get<T>(token: Token<T>): T;
  /** Adds a part to a running (or not yet started) node, checked as a whole first. Parts that run already are not given its services. */
  add(plugin: Plugin): Promise<void>;
  /** Stops and removes a part. Refused, with nothing changed, while another part was given a service of it; the error names that part. */
  remove(plugin: Plugin | string): Promise<void>;
  /**
   * Starts the new part, then swaps, then stops the old one. If the new part does not start, the old one stays.
   * Bind, Stack, Control and PathSelector are held by core and can always be exchanged; a service that another part was given cannot,
   * so who needs flows needs Tokens.Flows, not Tokens.Stack. Connections of the old Stack end with it. What listens (`flows.listen`, `bindUdp`,
   * `intercept`, and servers and sockets on them) goes over to the new one before this resolves; a port that it cannot open is told `closed`.
   */
  replace(old: Plugin | string, next: Plugin): Promise<void>;
  /** The host says that the network may have changed. */
  poke(): void;
  /** Which offers of peers are used and what this node offers; may be changed at any time. */
  readonly preferences: PreferenceService;
  /** Connections over the Stack, as bytes. */
  readonly flows: FlowLayer;
  /** Milliseconds for an echo over the tailnet; a peer's name or an address. */
  ping(peer: string, options?: { readonly signal?: AbortSignal }): Promise<number>;
  /** Addresses of a peer by name. */
  lookup(name: string): readonly string[];
  /** Who is behind an address, with or without a port: node, user, tags and capabilities. Undefined: nobody of this tailnet. */
  whois(address: string): WhoIs | undefined;
  status(): NodeStatus;
  /** Replay the latest value. */
  readonly state$: Observable<NodeState>;
  /** Where the node object stands between its making and its close. */
  readonly life$: Observable<NodeLife>;
  readonly control$: Observable<ControlState>;
  readonly netmap$: Observable<NetmapChange>;
  /** Each change from now on. */
  readonly progress$: Observable<Progress>;
  /** While nobody follows it, the path of a peer is decided when somebody speaks to it or asks for it. */
  readonly paths$: Observable<PathChange>;
  readonly health$: Observable<PluginHealth>;
}
