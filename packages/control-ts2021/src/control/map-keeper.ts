import type { Clock, Logger, NetmapPatch, NetmapStream, SelfConfig } from '@heddle/core';
import { expiryText, messagesText, skewText } from '../health/texts.js';
import { type MapOrder, type MapOutcome, MapSession, type PingRequest } from '../map/index.js';
import type { Board } from './board.js';
import type { NodeRecord } from './node-record.js';

export interface MapKeeperParts {
  readonly netmap: NetmapStream;
  readonly clock: Clock;
  readonly log: Logger;
  readonly board: Board;
  readonly record: NodeRecord;
  /** False: nothing is kept for a start without the server. */
  readonly cache: boolean;
  ping(request: PingRequest): void;
  approval(approved: boolean): void;
  /** Time has passed, and with it the key of this node. */
  expired(): void;
}

/** A machine that slept, or whose date was set, is noticed after this time at the latest. */
const LOOK_EVERY = 60_000;
/** A map is kept soon after its last change, also when others follow without end, and then once in a while: to write a large one takes its time. */
const KEEP_AFTER = 10_000;
const KEEP_WITHIN = 60_000;
const KEEP_EVERY = 300_000;
/** Characters; the state store keeps other things, too. */
const LONGEST_KEPT = 1_000_000;
/** Addresses of the server, latest last: a server whose name means many has each of them in turn. */
const MOST_OUTSIDE = 32;

/** Owns the netmap: applies what the server says and what time does to it, passes orders on, and keeps a copy for the next start. */
export class MapKeeper {
  readonly #parts: MapKeeperParts;
  #session = new MapSession();
  #cancelTick = (): void => {};
  /** When the tick comes that is planned. */
  #tickAt = Number.POSITIVE_INFINITY;
  #cancelKeep: (() => void) | undefined;
  /** When the map last became another than the one that is kept. */
  #changedAt: number | undefined;
  #keptAt = Number.NEGATIVE_INFINITY;
  #outside: readonly string[] = [];

  constructor(parts: MapKeeperParts) {
    this.#parts = parts;
  }

  get session(): MapSession {
    return this.#session;
  }

  /** What carries the map must not go through the tunnel that the map makes. */
  outside(addresses: readonly string[]): void {
    if (addresses.every((address) => this.#outside.includes(address))) return;
    this.#outside = [...new Set([...this.#outside, ...addresses])].slice(-MOST_OUTSIDE);
    const { self } = this.#parts.netmap.map;
    if (self !== undefined) this.#parts.netmap.patch({ self: this.#withOutside(self), set: [], removed: [] });
  }

  /** Begins with the map of an earlier life, if there is one. */
  restore(): void {
    const { record, cache, clock, log } = this.#parts;
    const text = cache ? record.map : undefined;
    const outcome = text === undefined ? undefined : this.#session.restore(text, clock.wall());
    if (outcome === undefined) return;
    log.debug({ peers: outcome.patch?.set.length ?? 0 }, 'the map of an earlier life is in use');
    this.#apply(outcome, false);
  }

  /** Applies what a frame came to. */
  take(outcome: MapOutcome): void {
    if (outcome.skipped > 0) this.#parts.log.debug({ skipped: outcome.skipped }, 'parts of a map frame could not be used');
    this.#apply(outcome, true);
    if (outcome.patch === undefined) return;
    this.#changedAt = this.#parts.clock.now();
    this.#planKeep();
  }

  /** No peers, no names, nothing gets through; what this node is called and its addresses stay, so that its sockets do. */
  clear(): void {
    const { netmap } = this.#parts;
    this.#session = new MapSession();
    this.#changedAt = undefined;
    netmap.replace(netmap.map.self, [], { filter: { rules: [] } });
  }

  /** Ends timers; resolves when the last map is kept. */
  async close(): Promise<void> {
    this.#cancelTick();
    await this.#keep();
    this.#cancelKeep?.();
  }

  #apply({ patch, orders }: MapOutcome, obeyed: boolean): void {
    if (patch !== undefined) this.#parts.netmap.patch(this.#completed(patch));
    for (const order of orders) this.#obey(order, obeyed);
    this.#planTick();
  }

  #completed(patch: NetmapPatch): NetmapPatch {
    return patch.self === undefined ? patch : { ...patch, self: this.#withOutside(patch.self) };
  }

  #withOutside(self: SelfConfig): SelfConfig {
    return this.#outside.length === 0 ? self : { ...self, outside: this.#outside };
  }

  /** What a map of an earlier life asked for was done then; only what it says about this node still holds. */
  #obey(order: MapOrder, fresh: boolean): void {
    const { board, log } = this.#parts;
    switch (order.order) {
      case 'ping':
        return fresh ? this.#parts.ping(order.request) : undefined;
      case 'show-url':
        log.info({ url: board.shown(order.url) }, 'the control server asks to visit a page');
        return board.condition('HEDDLE_TS2021_MESSAGE', `the control server asks to visit ${order.url}`);
      case 'clock-skew':
        return board.condition('HEDDLE_TS2021_CLOCK', order.milliseconds === 0 ? undefined : skewText(order.milliseconds));
      case 'health':
        return board.condition('HEDDLE_TS2021_MESSAGE', order.messages.length === 0 ? undefined : messagesText(order.messages));
      case 'network-lock':
        return order.on ? board.condition('HEDDLE_TS2021_MESSAGE', 'the tailnet signs its nodes, which is not checked here') : undefined;
      case 'key-expiry':
        return this.#expiry(order);
      case 'approval':
        return this.#parts.approval(order.approved);
      case 'client-version':
      case 'sleep':
        return undefined;
    }
  }

  #expiry({ stage, at }: Extract<MapOrder, { readonly order: 'key-expiry' }>): void {
    const { board } = this.#parts;
    const near = stage === 'week' || stage === 'day';
    board.condition('HEDDLE_TS2021_KEY_EXPIRES', near ? expiryText(stage, at) : undefined);
    board.condition('HEDDLE_TS2021_KEY_EXPIRED', stage === 'expired' ? expiryText(stage, at) : undefined);
    if (stage === 'expired') this.#parts.expired();
  }

  /** A tick that comes early does no harm: a thousand changes a second need no thousand timers. */
  #planTick(): void {
    const { clock, netmap } = this.#parts;
    if (netmap.map.self === undefined) return;
    const due = this.#session.nextDeadline() - clock.wall();
    const at = clock.now() + Math.min(Math.max(due, 0), LOOK_EVERY);
    if (at >= this.#tickAt) return;
    this.#cancelTick();
    this.#tickAt = at;
    this.#cancelTick = clock.at(at, () => {
      this.#tickAt = Number.POSITIVE_INFINITY;
      this.#apply(this.#session.tick(clock.wall()), true);
    });
  }

  #planKeep(): void {
    const { clock, cache } = this.#parts;
    if (!cache || this.#cancelKeep !== undefined) return;
    const first = Math.max(clock.now() + KEEP_AFTER, this.#keptAt + KEEP_EVERY);
    this.#keepWhenQuiet(first, first + KEEP_WITHIN - KEEP_AFTER);
  }

  /** One timer looks again and again: changes come by the thousand. */
  #keepWhenQuiet(at: number, last: number): void {
    const { clock } = this.#parts;
    this.#cancelKeep = clock.at(at, () => {
      const quietAt = Math.min((this.#changedAt ?? 0) + KEEP_AFTER, last);
      if (clock.now() < quietAt) return this.#keepWhenQuiet(quietAt, last);
      this.#cancelKeep = undefined;
      void this.#keep();
    });
  }

  /** A state that cannot be written now is written with a later map: the next start does without. */
  async #keep(): Promise<void> {
    const { clock, cache, record, log } = this.#parts;
    const text = cache && this.#changedAt !== undefined ? this.#session.save(LONGEST_KEPT) : undefined;
    if (text === undefined) return;
    this.#changedAt = undefined;
    this.#keptAt = clock.now();
    await record.keepMap(text).catch((fault: unknown) => log.warn({ fault: String(fault) }, 'the map could not be kept'));
  }
}
