import { decodeStunRequest, encodeStunRequest, STUN_TRANSACTION } from '@heddle/wire';
import { type MappedPlaces, NO_PLACES, reducePlaces } from './mapped-places.js';
import { fastestRegions, type NetcheckReport, NO_PORT_MAPPING, type PortMappingReport, reduceReport } from './netcheck-report.js';
import { keyOf, type Place, StunRound, type StunSend } from './stun-round.js';
import { StunSchedule } from './stun-schedule.js';
import type { StunTarget } from './stun-servers.js';

/** A datagram that a NAT turns round is back by then. */
const HAIRPIN_LIMIT = 500;
/** Regions that are asked between full rounds. */
const FASTEST = 3;

export type StunAction =
  | ({ readonly type: 'send' } & StunSend)
  | { readonly type: 'places'; readonly places: MappedPlaces }
  | { readonly type: 'report'; readonly report: NetcheckReport };

/** Datagrams that went out and came in so far. */
export interface Counts {
  readonly sent: number;
  readonly received: number;
}

interface Hairpin {
  readonly transaction: string;
  readonly until: number;
  cameBack: boolean;
}

/** Finds out how others see this node's sockets, and keeps what the NAT made for them alive while there is traffic. */
export class StunChecker {
  readonly #fill: (bytes: Uint8Array) => void;
  readonly #schedule: StunSchedule;
  #targets: readonly StunTarget[] = [];
  #families: ReadonlySet<4 | 6> = new Set();
  #round: StunRound | undefined;
  #hairpin: Hairpin | undefined;
  #places: MappedPlaces = NO_PLACES;
  #portMapping: PortMappingReport = NO_PORT_MAPPING;
  #report: NetcheckReport | undefined;

  /** `fill` is randomness. */
  constructor(fill: (bytes: Uint8Array) => void) {
    this.#fill = fill;
    this.#schedule = new StunSchedule(() => randomPart(fill));
  }

  get asleep(): boolean {
    return this.#targets.length > 0 && this.#schedule.asleep;
  }

  /** The report so far; undefined before the first round is over. */
  get report(): NetcheckReport | undefined {
    return this.#report;
  }

  /** Others may be asked from now on; with none it is quiet and tells no places. */
  setServers(now: number, targets: readonly StunTarget[]): StunAction[] {
    this.#targets = targets;
    this.check(now);
    if (targets.length > 0) return [];
    this.#schedule.stop();
    return this.#tell(NO_PLACES);
  }

  /** Sockets of these families are open, on a network that may be another one. */
  setSockets(now: number, families: ReadonlySet<4 | 6>): void {
    this.#families = families;
    if (this.#targets.length > 0) this.check(now);
  }

  setPortMapping(now: number, report: PortMappingReport): StunAction[] {
    this.#portMapping = report;
    if (this.#report === undefined) return [];
    this.#report = { ...this.#report, at: now, portMapping: report };
    return [{ type: 'report', report: this.#report }];
  }

  /** A full round begins with the next tick; one that runs is given up. */
  check(now: number): void {
    this.#round = undefined;
    this.#hairpin = undefined;
    this.#schedule.changed(now);
  }

  /** Somebody wants to know: a full round, unless one runs, and not more often than once a second. */
  refresh(now: number): void {
    if (this.#round?.full !== true) this.#schedule.refresh(now);
  }

  wake(now: number): void {
    this.#schedule.wake(now);
  }

  /** A STUN message that came in by our socket. */
  received(now: number, bytes: Uint8Array): StunAction[] {
    const round = this.#round;
    if (round === undefined) return [];
    if (this.#cameBack(bytes)) return this.#end(now);
    if (!round.answered(now, bytes)) return [];
    return [...this.#tell(reducePlaces(this.#places, round.heard, 'running')), ...this.#tryHairpin(now, round), ...this.#end(now)];
  }

  /** Does what is due. Calling it early is harmless. */
  tick(now: number, counts: Counts): StunAction[] {
    this.#schedule.look(now, counts.sent, counts.received);
    const ended = this.#end(now);
    if (this.#round === undefined) this.#begin(now);
    const sends = this.#round?.tick(now) ?? [];
    return [...ended, ...sends.map((send) => ({ type: 'send', ...send }) as const), ...this.#end(now)];
  }

  nextDeadline(): number {
    const round = this.#round;
    if (round === undefined) return this.#schedule.nextDeadline();
    const next = round.nextDeadline();
    const waits = this.#hairpin !== undefined && round.over(next);
    return Math.min(this.#schedule.lookAt, waits ? Math.max(next, this.#hairpin!.until) : next);
  }

  #begin(now: number): void {
    const kind = this.#schedule.take(now);
    if (kind === undefined) return;
    const able = this.#targets.filter(({ family }) => this.#families.has(family));
    const fastest = fastestRegions(this.#report, FASTEST);
    const some = kind === 'some' ? able.filter(({ region }) => fastest.has(region)) : [];
    const full = some.length === 0;
    this.#round = new StunRound(now, full ? able : some, full, this.#fill);
  }

  /** Once a server has told our outer place, a request of our own goes there. */
  #tryHairpin(now: number, round: StunRound): StunAction[] {
    const place = this.#places.v4?.seen;
    if (!round.full || this.#hairpin !== undefined || place === undefined) return [];
    const transaction = new Uint8Array(STUN_TRANSACTION);
    this.#fill(transaction);
    this.#hairpin = { transaction: keyOf(transaction), until: now + HAIRPIN_LIMIT, cameBack: false };
    return [{ type: 'send', to: place, bytes: encodeStunRequest(transaction) }];
  }

  #cameBack(bytes: Uint8Array): boolean {
    const request = this.#hairpin && decodeStunRequest(bytes);
    if (request === undefined || keyOf(request.transaction) !== this.#hairpin!.transaction) return false;
    this.#hairpin!.cameBack = true;
    return true;
  }

  #end(now: number): StunAction[] {
    const round = this.#round;
    const waits = this.#hairpin !== undefined && !this.#hairpin.cameBack && now < this.#hairpin.until;
    if (round === undefined || waits || !round.over(now)) return [];
    this.#round = undefined;
    const told = this.#tell(reducePlaces(this.#places, round.heard, round.full ? 'over-and-full' : 'over'));
    if (round.heard.length === 0 && round.asked > 0) this.#schedule.unheard(now, round.full);
    this.#report = reduceReport(this.#report, now, {
      round,
      hairpin: this.#hairpin?.cameBack,
      globalV4: this.#places.v4?.seen,
      globalV6: this.#places.v6?.seen,
      portMapping: this.#portMapping,
    });
    this.#hairpin = undefined;
    return [...told, { type: 'report', report: this.#report }];
  }

  #tell(places: MappedPlaces): StunAction[] {
    if (places === this.#places) return [];
    this.#places = places;
    return [{ type: 'places', places }];
  }
}

/** Places to tell others, IPv4 first. */
export function toldPlaces({ v4, v6 }: MappedPlaces): readonly Place[] {
  return [v4, v6].flatMap((mapped) => (mapped === undefined ? [] : [mapped.seen]));
}

/** From 0 up to 1. */
function randomPart(fill: (bytes: Uint8Array) => void): number {
  const two = new Uint8Array(2);
  fill(two);
  return (two[0]! * 256 + two[1]!) / 65_536;
}
