import type { Bytes } from '@heddle/wire';
import { CallPlan } from './call-plan.js';
import {
  ANSWER_FACTOR,
  ANSWER_LEAST,
  BUSY_HEARTBEAT,
  CALLED_MAX,
  DISCOVERY_GAP,
  EAGER_GAP,
  EAGER_ROUNDS,
  GOOD_ENOUGH,
  HEARTBEAT,
  KEPT_ALIVE,
  LOOK,
  LOOK_AGAIN_GAP,
  PROBE_GAP,
  RELAY_GAP,
  SEEN_GAP,
  SEEN_MAX,
  SEEN_PATIENCE,
  SILENCE,
  TRUST,
  UPGRADE_GAP,
} from './constants.js';
import { keyOf, PingBook, type SentPing } from './ping-book.js';
import { PingQueue } from './ping-queue.js';
import { type Traffic, TrafficWatch } from './traffic-watch.js';
import type { Way } from './way.js';
import { WayBook } from './way-book.js';

/** What happened. Places are remote texts. */
export type Input =
  | { readonly type: 'peer'; readonly endpoints: readonly string[]; readonly relay: string | undefined; readonly newKey: boolean }
  | { readonly type: 'wanted' }
  | { readonly type: 'ping'; readonly from: string; readonly relay: boolean; readonly txId: Bytes }
  /** `source`: the place where the peer saw our ping come from. */
  | { readonly type: 'pong'; readonly from: string; readonly relay: boolean; readonly txId: Bytes; readonly source?: string }
  | { readonly type: 'call-me-maybe'; readonly endpoints: readonly string[] }
  /** This machine is somewhere else: what was measured says nothing. Nobody reaches us any more at what is gone. */
  | { readonly type: 'moved'; readonly gone: readonly string[] }
  /** Others may reach us at other places than before. */
  | { readonly type: 'endpoints'; readonly gone: readonly string[] };

/** What is to be done. */
export type Action =
  | { readonly type: 'ping'; readonly to: string; readonly txId: Bytes }
  | { readonly type: 'pong'; readonly to: string; readonly txId: Bytes }
  /** To tell where we are, and that we are not at what is gone. */
  | { readonly type: 'call-me-maybe'; readonly by: string; readonly gone: readonly string[] }
  /** Tell when the next packet goes to the peer. */
  | { readonly type: 'watch' }
  /** Find out again where this node may be reached. */
  | { readonly type: 'look-again' }
  | { readonly type: 'changed' };

/**
 * Finds and keeps ways to one peer.
 *
 *              a packet goes to the peer
 *   idle --------------------------------> active: heartbeats on what works, rounds of pings where nothing does,
 *    ^                                        |     probes at once where packets go out and nothing comes back
 *    +------ nothing was sent for 45 s <------+
 *
 * Idle or not, it answers pings, and pings back who pings or calls: so it is found without looking itself.
 */
export class PeerProber {
  readonly #ways = new WayBook();
  readonly #pings: PingBook;
  readonly #queue: PingQueue;
  readonly #traffic: TrafficWatch;
  readonly #seen = new Set<string>();
  #lookAt = Infinity;
  #roundAt = -Infinity;
  /** In a row, without a path that works. */
  #rounds = 0;
  #lookedAgainAt = -Infinity;
  #seenElsewhereAt = -Infinity;
  readonly #calls = new CallPlan();
  /** As soon as the pings have opened our own NAT. */
  #call: (Action & { type: 'call-me-maybe' }) | undefined;
  /** When the first path that works now ceases to, unless it answers before. */
  #lapseAt = Infinity;
  #actions: Action[] = [];

  constructor(now: number, random: (into: Bytes) => void) {
    this.#pings = new PingBook(random);
    this.#queue = new PingQueue(now);
    this.#traffic = new TrafficWatch();
  }

  /** All ways that are known. */
  get ways(): readonly Way[] {
    return this.#ways.all();
  }

  /** True when this peer was asked for the tx id. */
  awaits(txId: Bytes): boolean {
    return this.#pings.has(txId);
  }

  /** Feeds one event. Returns what the caller must now do, in order. */
  handle(now: number, input: Input): readonly Action[] {
    this.#apply(now, input);
    return this.#flush(now);
  }

  /** Does what is due. Calling it early is harmless. */
  tick(now: number, traffic: Traffic | undefined): readonly Action[] {
    if (traffic !== undefined) this.#traffic.look(now, traffic);
    for (const ping of this.#pings.lost(now)) this.#lost(now, ping);
    if (this.#ways.prune(now)) this.#changed();
    if (now >= this.#lookAt) this.#look(now);
    if (now >= this.#lapseAt) this.#changed();
    return this.#flush(now);
  }

  /** When to call tick next. Infinity when nothing is pending. */
  nextDeadline(now: number): number {
    return Math.min(this.#lookAt, this.#lapseAt, this.#pings.nextLoss, this.#queue.nextAt(now));
  }

  #apply(now: number, input: Input): void {
    switch (input.type) {
      case 'peer':
        return this.#describe(now, input);
      case 'wanted':
        return this.#wake(now);
      case 'ping':
        return this.#pinged(now, input);
      case 'pong':
        return this.#ponged(now, input);
      case 'call-me-maybe':
        return this.#called(now, input.endpoints);
      case 'moved':
        return this.#moved(now, input.gone);
      case 'endpoints':
        return this.#callAgain(now, input.gone);
    }
  }

  /** A new disco key is a new process: its path carries data until another is confirmed, but proves nothing. */
  #describe(now: number, { endpoints, relay, newKey }: Input & { type: 'peer' }): void {
    this.#ways.setMap(endpoints, relay, now);
    if (newKey) this.#distrust(now);
    if (newKey || this.#needsPath(now)) this.#roundAt = -Infinity;
    if (!this.#traffic.active(now)) this.#actions.push({ type: 'watch' });
    else this.#look(now);
    this.#changed();
  }

  #wake(now: number): void {
    this.#traffic.wanted(now);
    this.#look(now);
  }

  /** Each ping is answered once, to where it came from. A place from where it is the first is asked at once: its NAT is open now. */
  #pinged(now: number, { from, relay, txId }: Input & { type: 'ping' }): void {
    if (!this.#isNew(keyOf(txId))) return;
    this.#actions.push({ type: 'pong', to: from, txId });
    const known = this.#ways.get(from);
    const heardBefore = known !== undefined && known.learnedAt > -Infinity;
    const way = this.#ways.learn(from, relay, now);
    if (!relay && !way.works(now) && (!heardBefore || now - way.pingedAt >= PROBE_GAP)) this.#queue.hurry(from);
    if (known !== undefined) return;
    this.#ways.prune(now);
    this.#changed();
  }

  /** Counts only from where the ping was sent to, and only once. */
  #ponged(now: number, { from, relay, txId, source }: Input & { type: 'pong' }): void {
    const ping = this.#pings.take(txId);
    const way = ping && this.#ways.get(ping.to);
    if (ping === undefined || way === undefined || (ping.to !== from && !(relay && way.relay))) return;
    way.health.pong(now, now - ping.at);
    way.answeredAt = now;
    if (!way.relay) way.trustedUntil = now + TRUST;
    if (from === this.#traffic.primary) this.#traffic.answered();
    if (!way.relay && source !== undefined) this.#seenFrom(now, way, source);
    this.#changed();
  }

  /** Who sees us at another place than before still sends to the old one: our pings pass, and what comes back is lost. */
  #seenFrom(now: number, way: Way, source: string): void {
    const before = way.seenAt ?? source;
    if (before !== source && now - this.#seenElsewhereAt < SEEN_GAP) return;
    way.seenAt = source;
    if (before === source) return;
    this.#seenElsewhereAt = now;
    this.#calls.forget([before], now + SEEN_PATIENCE);
    this.#lookAgain(now);
  }

  #lookAgain(now: number): void {
    this.#lookedAgainAt = now;
    this.#actions.push({ type: 'look-again' });
  }

  /**
   * The peer has opened its NAT for us towards these places: all are pinged now, which is a round, so that nobody calls back because of
   * the call. Whoever calls has no path, so that ours is in doubt until it answers.
   */
  #called(now: number, endpoints: readonly string[]): void {
    this.#roundAt = now;
    for (const way of this.#ways.direct()) way.doubt(now);
    const places = endpoints.slice(0, CALLED_MAX);
    this.#ways.setCalled(places, now);
    for (const way of this.#ways.direct()) if (!way.works(now) && !way.called) this.#queue.add(way.text);
    for (const text of places.toReversed()) this.#queue.hurry(text);
    if (this.#pathInUse !== undefined) this.#queue.first(this.#pathInUse.text);
    this.#changed();
  }

  #moved(now: number, gone: readonly string[]): void {
    const fresh = now - this.#seenElsewhereAt < SEEN_GAP;
    const seen = this.#ways.direct().flatMap(({ seenAt }) => (seenAt === undefined || fresh ? [] : [seenAt]));
    for (const way of this.#ways.direct()) way.seenAt = undefined;
    this.#distrust(now);
    this.#roundAt = -Infinity;
    this.#calls.want(now);
    this.#calls.forget([...gone, ...seen], now);
    if (this.#traffic.active(now)) this.#look(now);
    this.#changed();
  }

  #callAgain(now: number, gone: readonly string[]): void {
    if (this.#needsPath(now)) this.#calls.want(now);
    else this.#calls.spare();
    this.#calls.forget(gone, now);
    if (this.#traffic.active(now)) this.#look(now);
  }

  #distrust(now: number): void {
    this.#pings.clear();
    for (const way of this.#ways.direct()) {
      way.doubt(now);
      way.health.restart();
      way.pingedAt = -Infinity;
    }
    this.#rounds = 0;
  }

  /** What was answered since then was not the path's fault. */
  #lost(now: number, { to, at }: SentPing): void {
    const way = this.#ways.get(to);
    if (way === undefined || way.answeredAt > at) return;
    way.health.lost(now, to === this.#traffic.primary);
    this.#changed();
  }

  /** While packets go to the peer. */
  #look(now: number): void {
    if (!this.#traffic.active(now)) return this.#rest();
    this.#lookAt = now + LOOK;
    const inUse = this.#pathInUse;
    if (inUse !== undefined) this.#watchPath(now, inUse);
    for (const way of this.#kept(now, inUse)) if (now - way.pingedAt >= pingGap(way, now)) this.#queue.add(way.text);
    if (now - this.#roundAt >= this.#roundGap(now)) this.#round(now);
    if (this.#calls.isDue(now)) this.#callPeer(now);
  }

  /** What was measured may be out of date when packets go there again. */
  #rest(): void {
    this.#lookAt = Infinity;
    this.#roundAt = -Infinity;
    this.#rounds = 0;
    for (const way of this.#ways.direct()) way.health.restart();
    this.#changed();
    this.#actions.push({ type: 'watch' });
  }

  /** Beside the path in use: what is measured, what waits for its recovery, and a few that would do as well. */
  #kept(now: number, inUse: Way | undefined): readonly Way[] {
    const others = this.#ways.all().filter((way) => way !== inUse);
    const working = others.filter((way) => !way.relay && way.works(now)).toSorted((a, b) => b.answeredAt - a.answeredAt);
    return [...working.slice(0, KEPT_ALIVE), ...others.filter((way) => way.relay || !way.works(now))];
  }

  /** The direct path that packets go by. */
  get #pathInUse(): Way | undefined {
    const way = this.#traffic.primary === undefined ? undefined : this.#ways.get(this.#traffic.primary);
    return way?.relay ? undefined : way;
  }

  /** Where packets go out and nothing comes back, the path is asked at once; while it does not answer in time, it is not relied on. */
  #watchPath(now: number, way: Way): void {
    const silent = now - this.#traffic.silentSince >= SILENCE;
    const asked = this.#pings.waitingSince(way.text, way.answeredAt);
    const gap = this.#traffic.busy(now, PROBE_GAP) ? BUSY_HEARTBEAT : HEARTBEAT;
    if (now - way.pingedAt >= (silent || !way.works(now) ? PROBE_GAP : gap)) this.#queue.first(way.text);
    else if (silent && asked === undefined) this.#queue.first(way.text);
    if (asked === undefined || !way.works(now)) return;
    if (now >= asked + patience(way)) this.#giveUp(now, asked);
    else this.#lookAt = Math.min(this.#lookAt, asked + patience(way));
  }

  /** What made the path in use fail may have hit the others, too: only what has answered since then is relied on. */
  #giveUp(now: number, since: number): void {
    const doubtful = this.#ways.direct().filter(({ answeredAt }) => answeredAt < since);
    for (const way of doubtful) way.doubt(now);
    this.#roundAt = -Infinity;
    this.#queue.first(this.#traffic.primary!);
    this.#changed();
  }

  /** Asks everywhere, and where no path works, has the peer do the same. */
  #round(now: number): void {
    this.#roundAt = now;
    for (const way of this.#ways.direct()) if (now - way.pingedAt >= PROBE_GAP) this.#queue.add(way.text);
    this.#rounds = this.#ways.direct().some((way) => way.works(now)) ? 0 : this.#rounds + 1;
    if (this.#rounds === 0) return;
    this.#calls.want(now);
    if (now - this.#lookedAgainAt >= LOOK_AGAIN_GAP) this.#lookAgain(now);
  }

  #callPeer(now: number): void {
    const [relay] = this.#ways.relays();
    if (relay !== undefined) this.#call = { type: 'call-me-maybe', by: relay.text, gone: this.#calls.take(now) };
  }

  #needsPath(now: number): boolean {
    return !this.#ways.direct().some((way) => way.works(now) && way.health.demoted === undefined);
  }

  #roundGap(now: number): number {
    if (this.#rounds > 0 && this.#rounds <= EAGER_ROUNDS) return EAGER_GAP;
    if (this.#needsPath(now)) return DISCOVERY_GAP;
    const fastest = Math.min(...this.#ways.direct().map(({ health }) => health.latency ?? Infinity));
    return fastest <= GOOD_ENOUGH ? Infinity : UPGRADE_GAP;
  }

  #isNew(txId: string): boolean {
    if (this.#seen.has(txId)) return false;
    this.#seen.add(txId);
    if (this.#seen.size > SEEN_MAX) this.#seen.delete(this.#seen.values().next().value!);
    return true;
  }

  #changed(): void {
    if (!this.#actions.some(({ type }) => type === 'changed')) this.#actions.push({ type: 'changed' });
  }

  #flush(now: number): readonly Action[] {
    for (const to of this.#queue.take(now, (text) => this.#ways.get(text) !== undefined)) this.#ping(now, to);
    if (this.#call !== undefined) this.#actions.push(this.#call);
    this.#call = undefined;
    this.#lapseAt = Math.min(...this.#ways.direct().map((way) => (way.works(now) ? way.trustedUntil : Infinity)));
    const actions = this.#actions;
    this.#actions = [];
    return actions;
  }

  #ping(now: number, to: string): void {
    const way = this.#ways.get(to);
    if (way === undefined) return;
    way.pingedAt = now;
    this.#actions.push({ type: 'ping', to, txId: this.#pings.send(now, to) });
  }
}

/** What works is asked often enough to stay trusted, and more often while it is about to be restored; what was demoted, until it is good again. The rest waits for a round. */
function pingGap(way: Way, now: number): number {
  if (way.relay) return RELAY_GAP;
  if (way.works(now)) return way.health.recovering ? PROBE_GAP : HEARTBEAT;
  return way.health.demoted === undefined ? Infinity : DISCOVERY_GAP;
}

/** How long the answer to a probe of a silent path is awaited. */
function patience(way: Way): number {
  return Math.max(ANSWER_LEAST, ANSWER_FACTOR * (way.health.latency ?? 0));
}
