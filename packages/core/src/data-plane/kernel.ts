import type { Observable } from 'rxjs';
import type { Bind, PartContext } from '../contracts/bind.js';
import type { Control } from '../contracts/control.js';
import type { Netmap, NetmapChange, Peer } from '../contracts/netmap.js';
import type { Candidate, Decision, PathSelector } from '../contracts/path-selector.js';
import type { LocalEndpoint } from '../contracts/remote.js';
import type { Stack } from '../contracts/stack.js';
import type { Health } from '../contracts/surroundings.js';

/** A path, since when, and what else there was to choose from. */
export interface PathChange extends Decision {
  readonly peer: Peer;
  readonly since: number;
  readonly candidates: readonly Candidate[];
}

/** A plugin's health, as it says itself or as core found out. */
export interface PluginHealth extends Health {
  readonly plugin: string;
}

/** One peer for people: bytes are counted by the engine. */
export interface PeerStatusView {
  readonly id: string;
  readonly name: string;
  readonly publicKey: string;
  readonly addresses: readonly string[];
  readonly path: string | undefined;
  /** `direct_ipv4`, `direct_ipv6`, or the scheme of a relay or of a Bind without IP addresses. */
  readonly pathKind: string | undefined;
  readonly pathReason: string | undefined;
  readonly rxBytes: number;
  readonly txBytes: number;
  /** Wall-clock milliseconds; 0: never. */
  readonly lastHandshake: number;
}

/** Packets and bytes by scheme of the Bind. */
export interface PathCounters {
  readonly scheme: string;
  readonly sentPackets: number;
  readonly sentBytes: number;
  readonly receivedPackets: number;
  readonly receivedBytes: number;
}

/** Packets and bytes by kind of path: sealed datagrams and probes, without the headers below them. Also of Binds that have gone. */
export interface PathTally {
  /** `direct_ipv4`, `direct_ipv6`, or the scheme of a relay or of a Bind without IP addresses. */
  readonly path: string;
  readonly sentPackets: number;
  readonly sentBytes: number;
  readonly receivedPackets: number;
  readonly receivedBytes: number;
}

/** Where others may reach this node just now. */
export interface EndpointView {
  readonly remote: string;
  readonly kind: LocalEndpoint['kind'];
}

/**
 * What the composition needs of the data plane: parts come in when they are open, and go out before they close.
 * A part that comes in for another one takes effect when the outermost dispatch has returned; what the old one emits afterwards is ignored.
 */
export interface Kernel {
  /** A context that one Bind or Stack of the plugin is opened with. */
  context(plugin: string): PartContext;
  /** Takes back what a context has lent; nothing more is lent. */
  revoke(context: PartContext): void;
  addBind(bind: Bind, plugin: string): void;
  removeBind(bind: Bind): void;
  /** Resolves when the Stack has the addresses that control named, if control has spoken. */
  setStack(stack: Stack | undefined, plugin: string): Promise<void>;
  /** Resolves when the Stack and the Binds have what control has said about this node so far. */
  setControl(control: Control | undefined, plugin: string): Promise<void>;
  setSelector(selector: PathSelector | undefined, plugin: string): Promise<void>;
  readonly netmap$: Observable<NetmapChange>;
  readonly paths$: Observable<PathChange>;
  /** Each change of any plugin's health. */
  readonly health$: Observable<PluginHealth>;
  netmap(): Netmap;
  peers(): readonly PeerStatusView[];
  counters(): readonly PathCounters[];
  traffic(): readonly PathTally[];
  endpoints(): readonly EndpointView[];
  drops(): Readonly<Record<string, number>>;
  /** The network may have changed. */
  poke(): void;
  /** Ends timers and subscriptions. The parts are closed by their owner. */
  close(): void;
}
