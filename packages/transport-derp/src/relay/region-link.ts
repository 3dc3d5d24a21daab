import type { Bytes, Clock, Flow, Logger, PacketBatch, RelayNode, RelayRegion } from '@heddle/core';
import { faultOf, RelayFault } from '../fault.js';
import { KEY_IN_ID } from '../place.js';
import { relayingNodes } from '../rules/home-choice.js';
import { ReconnectPlan } from '../rules/reconnect-plan.js';
import type { RelaySession, SessionAction } from '../rules/relay-session.js';
import { SendRing } from '../rules/send-ring.js';
import { TokenBucket } from '../rules/token-bucket.js';
import { RelayConnection } from './relay-connection.js';
import { CONNECT_WITHIN, type RelayStreams } from './relay-streams.js';

/** From the first byte on the way to the greeting of the relay. */
export const GREETED_WITHIN = 8_000;
/** A region that is not home is left when nothing went through it for so long. */
export const LEAVE_AFTER = 60_000;
/** What a relay takes of one packet that a slab holds, too. */
export const LARGEST_PACKET = 65_507;

export interface LinkEvents {
  received(bytes: Bytes, keyAt: number, offset: number, length: number, behind: number): void;
  settled(): void;
  /** Packets go through from now on. */
  ready(): void;
  /** A connection ended or an attempt failed; `down`: every node of the region has. */
  failed(fault: RelayFault, down: boolean): void;
  latency(milliseconds: number): void;
  notice(text: string): void;
  drop(reason: string, packets: number): void;
}

export interface LinkParts {
  readonly clock: Clock;
  readonly log: Logger;
  readonly streams: RelayStreams;
  /** From 0 to 1. */
  readonly random: () => number;
  /** A session with the node's key of now; undefined while there is none. */
  readonly session: (home: boolean) => RelaySession | undefined;
  readonly events: LinkEvents;
}

type Phase =
  | { readonly is: 'idle' }
  | { readonly is: 'waiting'; readonly until: number }
  | { readonly is: 'dialling'; readonly node: RelayNode; readonly abort: AbortController; readonly until: number }
  | {
      readonly is: 'talking';
      readonly node: RelayNode;
      readonly connection: RelayConnection;
      readonly session: RelaySession;
      readonly until: number;
    };

const IDLE: Phase = { is: 'idle' };

/** The connection to one region: made when it is wanted, kept while it is home or in use, made again whenever it is lost. */
export class RegionLink {
  readonly #parts: LinkParts;
  readonly #ring = new SendRing();
  readonly #plan: ReconnectPlan;
  #region: RelayRegion;
  #nodes: readonly RelayNode[];
  #phase: Phase = IDLE;
  #bucket: TokenBucket | undefined;
  #home = false;
  /** Connected although nobody sends: it is home, or is to be. */
  #wanted = false;
  #usedAt = 0;
  #cancel = (): void => {};
  #closed = false;

  constructor(region: RelayRegion, parts: LinkParts) {
    this.#parts = parts;
    this.#region = region;
    this.#nodes = relayingNodes(region);
    this.#plan = new ReconnectPlan(parts.random);
  }

  /** Packets that wait for the relay. */
  get waiting(): number {
    return this.#ring.count;
  }

  get region(): RelayRegion {
    return this.#region;
  }

  get isReady(): boolean {
    return this.#phase.is === 'talking' && this.#phase.session.isReady;
  }

  /** When something last came; undefined without a connection. */
  get heardAt(): number | undefined {
    return this.#phase.is === 'talking' && this.#phase.session.isReady ? this.#phase.session.heardAt : undefined;
  }

  /** Takes the whole batch: what does not fit pushes out what is older, which is counted. */
  send(id: Bytes, batch: PacketBatch): number {
    const now = this.#parts.clock.now();
    let evicted = 0;
    let limited = 0;
    let large = 0;
    for (let i = 0; i < batch.count; i++) {
      const length = batch.lengths[i]!;
      if (length > LARGEST_PACKET) large += 1;
      else if (this.#bucket?.allows(now, length) === false) limited += 1;
      else evicted += this.#ring.push(id, KEY_IN_ID, batch.slab, batch.offsets[i]!, length);
    }
    if (evicted + limited + large > 0) this.#count(evicted, limited, large);
    this.#usedAt = now;
    if (this.#phase.is === 'talking') this.#phase.connection.flush();
    else this.#connect();
    return batch.count;
  }

  /** Somebody would send here: connects, and keeps it for a while. */
  open(): void {
    this.#usedAt = this.#parts.clock.now();
    this.#connect();
  }

  /** Keeps the region connected, used or not. */
  want(wanted: boolean): void {
    this.#wanted = wanted;
    this.#usedAt = this.#parts.clock.now();
    if (wanted) this.#connect();
    else this.#arm();
  }

  /** Tells the relay whether the node lives here. */
  prefer(home: boolean): void {
    this.#home = home;
    if (this.#phase.is === 'talking') this.#phase.connection.prefer(home);
  }

  /** The network may have changed: is the relay still there? Who waits does not wait any longer. */
  poke(): void {
    if (this.#phase.is === 'talking') this.#phase.connection.probe(this.#parts.clock.now());
    if (this.#phase.is === 'waiting') this.#restart();
    this.#arm();
  }

  /** The region was described anew, or the node has another key. */
  renew(region: RelayRegion): void {
    this.#region = region;
    this.#nodes = relayingNodes(region);
    if (this.#phase.is !== 'idle') this.#restart();
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#leave();
    const waiting = this.#ring.clear();
    if (waiting > 0) this.#parts.events.drop('relay-closed', waiting);
  }

  #restart(): void {
    this.#leave();
    this.#plan.reset();
    this.#connect();
  }

  #leave(): void {
    const phase = this.#phase;
    this.#phase = IDLE;
    this.#bucket = undefined;
    this.#cancel();
    if (phase.is === 'dialling') phase.abort.abort(new RelayFault('HEDDLE_DERP_BROKEN', 'the relay is not wanted any more'));
    if (phase.is === 'talking') phase.connection.close(true);
  }

  #connect(): void {
    if (this.#phase.is !== 'idle' || this.#closed || this.#nodes.length === 0) return;
    const now = this.#parts.clock.now();
    const { node, at } = this.#plan.next(now, this.#nodes.length);
    if (at > now) this.#enter({ is: 'waiting', until: at });
    else this.#dial(node, now);
  }

  #dial(index: number, now: number): void {
    const node = this.#nodes[index];
    const session = this.#parts.session(this.#home);
    if (node === undefined || session === undefined) return;
    const { streams } = this.#parts;
    const abort = new AbortController();
    const phase = { is: 'dialling', node, abort, until: now + (streams.connectWithin ?? CONNECT_WITHIN) } as const;
    this.#enter(phase);
    const connected = (): void => {
      if (this.#phase === phase) this.#enter({ ...phase, until: now + GREETED_WITHIN });
    };
    const opened = streams.open(node, abort.signal, connected);
    opened.then(
      (flow) => (abort.signal.aborted ? flow.reset() : this.#talk(flow, node, session, now + GREETED_WITHIN)),
      (thrown) => abort.signal.aborted || this.#failed(faultOf(thrown), node),
    );
  }

  #talk(flow: Flow, node: RelayNode, session: RelaySession, until: number): void {
    const { clock, events } = this.#parts;
    const ideal = node === this.#nodes[0] ? undefined : this.#nodes[0]?.name;
    const connection = new RelayConnection(
      { clock, flow, node, ideal, session, ring: this.#ring },
      {
        received: (bytes, keyAt, offset, length, behind) => events.received(bytes, keyAt, offset, length, behind),
        settled: () => events.settled(),
        action: (action) => this.#act(action, connection),
        ended: (fault) => this.#failed(fault, node),
      },
    );
    this.#enter({ is: 'talking', node, connection, session, until });
    connection.start();
  }

  #act(action: Exclude<SessionAction, { type: 'write' | 'close' }>, connection: RelayConnection): void {
    const { clock, events, log } = this.#parts;
    const now = clock.now();
    switch (action.type) {
      case 'ready':
        this.#bucket = action.rate && new TokenBucket(action.rate, now);
        this.#plan.ready(now);
        this.#usedAt = now;
        connection.flush();
        events.ready();
        return this.#arm();
      case 'latency':
        return events.latency(action.milliseconds);
      case 'health':
        return events.notice(action.text);
      case 'restarting':
        return this.#plan.restarting(now, action.reconnectIn, action.tryFor);
      case 'peer-gone':
        return log.debug({ region: this.#region.id, reason: action.reason }, 'the relay does not see a peer');
    }
  }

  #failed(fault: RelayFault, node: RelayNode): void {
    const { clock, events, log } = this.#parts;
    log.debug({ region: this.#region.id, node: node.name, code: fault.code, fault: fault.message }, 'no connection to a relay');
    this.#leave();
    this.#plan.failed(clock.now(), this.#nodes.length);
    events.failed(fault, this.#plan.isDown);
    if (this.#wanted || this.#isUsed()) this.#connect();
  }

  #isUsed(): boolean {
    return this.#parts.clock.now() - this.#usedAt < LEAVE_AFTER;
  }

  #enter(phase: Phase): void {
    this.#phase = phase;
    this.#arm();
  }

  /** One timer for all that is due. It may be early: then nothing happens. */
  #arm(): void {
    this.#cancel();
    this.#cancel = this.#closed ? () => {} : this.#parts.clock.at(this.#deadline(), () => this.#tick());
  }

  #deadline(): number {
    const phase = this.#phase;
    if (phase.is === 'idle') return Number.POSITIVE_INFINITY;
    if (phase.is !== 'talking') return phase.until;
    if (!phase.session.isReady) return phase.until;
    const leaving = this.#wanted ? Number.POSITIVE_INFINITY : this.#usedAt + LEAVE_AFTER;
    return Math.min(phase.session.nextDeadline(), leaving);
  }

  #tick(): void {
    const phase = this.#phase;
    const now = this.#parts.clock.now();
    if (phase.is === 'talking') this.#tickTalk(phase, now);
    else if (phase.is === 'dialling' && now >= phase.until) this.#tooSlow(phase);
    else if (phase.is === 'waiting' && now >= phase.until) this.#again();
    if (this.#phase === phase) this.#arm();
  }

  #tickTalk({ node, connection, session, until }: Extract<Phase, { is: 'talking' }>, now: number): void {
    if (!session.isReady && now >= until) {
      connection.close(false);
      return this.#failed(new RelayFault('HEDDLE_DERP_UNREACHABLE', 'the relay does not greet'), node);
    }
    if (session.isReady && !this.#wanted && !this.#isUsed()) return this.#leave();
    connection.tick(now);
  }

  #tooSlow({ node, abort }: Extract<Phase, { is: 'dialling' }>): void {
    const fault = new RelayFault('HEDDLE_DERP_UNREACHABLE', 'the relay does not answer');
    abort.abort(fault);
    this.#failed(fault, node);
  }

  #again(): void {
    this.#phase = IDLE;
    this.#connect();
  }

  #count(evicted: number, limited: number, large: number): void {
    const { drop } = this.#parts.events;
    if (evicted > 0) drop('relay-queue-full', evicted);
    if (limited > 0) drop('relay-rate-limited', limited);
    if (large > 0) drop('too-large', large);
  }
}
