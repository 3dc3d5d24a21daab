import type { Observable } from 'rxjs';
import type { Peer } from './netmap.js';
import type { Bytes } from './packets.js';
import type { LocalEndpoint, Remote } from './remote.js';
import type { Clock, DropCounter, Health, Logger, Random } from './surroundings.js';

/** A way to a peer, and what is known of it. */
export interface Candidate {
  readonly remote: Remote;
  readonly relay: boolean;
  /** Milliseconds; undefined: not measured. */
  readonly latency: number | undefined;
  /** 0 to 1. */
  readonly loss: number;
  /** clock.now() until which the path counts as working. */
  readonly trustedUntil: number;
  /** Why it is worse than it once was, in words; absent: it is as good as it ever was. */
  readonly demoted?: string;
}

/** All that a policy may look at. */
export interface PathsOfPeer {
  readonly peer: Peer;
  /** Where the last authenticated packet came from. */
  readonly lastAuthenticated: Remote | undefined;
  /** The places that control names, best first; the relay where the peer listens is the last. */
  readonly configured: readonly Remote[];
  /** What the prober found. */
  readonly candidates: readonly Candidate[];
  readonly current: Decision | undefined;
}

export interface Decision {
  /** Undefined: no way known; packets are dropped as `no-path`. */
  readonly primary: Remote | undefined;
  /** Also send here: while trust is thin, or to duplicate on purpose. */
  readonly also?: readonly Remote[];
  /** For people: shown in paths$ and status. */
  readonly reason: string;
}

/** Observations in, decision out. Never called for a packet: core writes the decision into its route table. */
export interface PathSelector {
  readonly contract: 1;
  readonly prober?: Prober;
  /** Pure: the same arguments give the same decision. Called when an observation, the peer or a Bind changed, and at `Decision` time-outs of the prober. */
  decide(paths: PathsOfPeer, now: number): Decision;
}

export interface ProberContext {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  /** Counts probes that are refused. */
  readonly drop: DropCounter;
  readonly channel: ProbeChannel;
}

/** Claims datagrams by their first bytes, sends its own, and tells what it saw. */
export interface Prober {
  open(context: ProberContext, signal: AbortSignal): Promise<void>;
  close(): Promise<void>;
  /** True when the datagram at slab[offset, offset + length) is the prober's. Looks at a few bytes, allocates nothing, never throws. */
  claims(slab: Bytes, offset: number, length: number): boolean;
  /** One claimed datagram, lent until the call returns. */
  received(from: Remote, datagram: Bytes): void;
  /** Whoever subscribes hears of every peer first, then of each change. */
  readonly candidates$: Observable<PeerCandidates>;
  /** What it found out that people should know. */
  readonly health$?: Observable<Health>;
}

export interface PeerCandidates {
  readonly peerId: string;
  readonly candidates: readonly Candidate[];
}

/** The use of a peer's path. The counts only grow. */
export interface PathTraffic {
  /** Where its packets go first just now. */
  readonly primary: Remote | undefined;
  /** Batches that went to the peer. */
  readonly sent: number;
  /** Batches of authenticated packets that came from its primary remote. */
  readonly heard: number;
}

/** The prober's way to the network and its window on the node. */
export interface ProbeChannel {
  /** Copies the datagram; false when it was not taken. */
  send(to: Remote, datagram: Bytes): boolean;
  parse(text: string): Remote | undefined;
  readonly localEndpoints$: Observable<readonly LocalEndpoint[]>;
  /** Asks the Binds, but for relays, to find out again where this node may be reached. What is new comes by localEndpoints$. */
  lookAgain(): void;
  /** True when datagrams to this remote pass through somebody else's machine. */
  isRelay(remote: Remote): boolean;
  /** Ids of peers that packets go to: of one without a path at each packet, of one that is watched at the next. */
  readonly wanted$: Observable<string>;
  /** wanted$ names this peer at the next packet that goes to it, once. */
  watch(peerId: string): void;
  /** What has gone through so far; undefined for an unknown peer. */
  traffic(peerId: string): PathTraffic | undefined;
  /** Each peer as it is added or changed, and removed (undefined). */
  readonly peers$: Observable<{ readonly id: string; readonly peer: Peer | undefined }>;
}
