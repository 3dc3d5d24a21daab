import { decodeNatPmpAnswer, decodePcpAnswer, formatAddress, type NatPmpAnswer, PCP_NONCE, type PcpAnswer } from '@heddle/wire';
import type { PortMappingReport } from './netcheck-report.js';
import { type MappingPlace, mapRequest, type PortProtocol, probeRequests, releaseRequest } from './port-requests.js';
import type { Place } from './stun-round.js';

/** RFC 6886, 3.1: the first repetition after 250 ms, then twice as long each time. */
const FIRST_WAIT = 250;
const TRIES = 4;
/** What a gateway grants is renewed at half of it; who grants less than this is asked again after so long. */
const SHORTEST_LIFE = 60_000;
const LONGEST_LIFE = 24 * 3_600_000;
/** A gateway that refused, or said nothing, is asked again after this. */
const LATER = 10 * 60_000;
/** RFC 6886, 3.6: the clock of a gateway may be this much slower than ours, and behind by so many seconds. */
const SLOWEST = 7 / 8;
const BEHIND = 2;
/** Whoever asks more often whether the gateway is still there is not heeded. */
const VERIFY_GAP = 10_000;
const UDP = 17;

export type PortAction =
  | { readonly type: 'send'; readonly to: string; readonly bytes: Uint8Array }
  | { readonly type: 'mapped'; readonly place: Place | undefined }
  | { readonly type: 'report'; readonly report: PortMappingReport };

/** A question that is repeated until it is answered. */
interface Question {
  readonly requests: readonly Uint8Array[];
  /** Absent: only who is there. */
  readonly by?: PortProtocol;
  readonly askedAt: number;
  tries: number;
}

interface Granted {
  readonly by: PortProtocol;
  readonly place: Place;
  /** Seconds by the clock of the gateway, and when it said so. */
  readonly epoch: number;
  readonly at: number;
  readonly renewAt: number;
  readonly until: number;
}

/**
 * Asks the gateway for a port of its outer address, and keeps it.
 *
 *   probe ── who answers ──> map by NAT-PMP, else by PCP ── granted ──> renew at half time, release at the end
 *     ^                              │ refused or silent                   │ gateway lost its memory, or silent to the end
 *     └──────── ten minutes ─────────┴─────────────────────────────────────┘
 */
export class PortMapper {
  readonly #fill: (bytes: Uint8Array) => void;
  #place: MappingPlace | undefined;
  #question: Question | undefined;
  #granted: Granted | undefined;
  #present: Record<PortProtocol, boolean> = { natPmp: false, pcp: false };
  #refused = new Set<PortProtocol>();
  #nonce: Uint8Array = new Uint8Array(PCP_NONCE);
  #outer: string | undefined;
  #againAt = Infinity;
  #probedAt = -Infinity;

  /** `fill` is randomness. */
  constructor(fill: (bytes: Uint8Array) => void) {
    this.#fill = fill;
  }

  /** Another gateway, own address or port; a mapping of the old one is given back. Undefined: there is none. */
  setPlace(now: number, place: MappingPlace | undefined): PortAction[] {
    if (samePlace(this.#place, place)) return this.verify(now);
    const released = this.release();
    this.#place = place;
    this.#fill(this.#nonce);
    return [...released, ...this.#probe(now)];
  }

  /** Asks whether the gateway still knows of us: after a change of the network, or a sleep. */
  verify(now: number): PortAction[] {
    return this.#question === undefined && now >= this.#probedAt + VERIFY_GAP ? this.#probe(now) : [];
  }

  /** Gives the port back and forgets the gateway. */
  release(): PortAction[] {
    const [place, granted] = [this.#place, this.#granted];
    this.#place = undefined;
    this.#question = undefined;
    this.#granted = undefined;
    this.#present = { natPmp: false, pcp: false };
    this.#againAt = Infinity;
    if (place === undefined || granted === undefined) return [];
    const bytes = releaseRequest(granted.by, place, this.#nonce, granted.place.port);
    return [{ type: 'send', to: place.gateway, bytes }, { type: 'mapped', place: undefined }, this.#report()];
  }

  /** A datagram from the gateway's port. */
  received(now: number, bytes: Uint8Array): PortAction[] {
    if (this.#place === undefined) return [];
    const pmp = decodeNatPmpAnswer(bytes);
    if (pmp !== undefined) return this.#natPmp(now, pmp);
    const pcp = decodePcpAnswer(bytes);
    return pcp === undefined ? [] : this.#pcp(now, pcp);
  }

  /** Does what is due. Calling it early is harmless. */
  tick(now: number): PortAction[] {
    if (this.#place === undefined) return [];
    if (this.#granted !== undefined && now >= this.#granted.until) return [...this.#lose(), ...this.#probe(now)];
    if (this.#question !== undefined)
      return now >= this.#question.askedAt + waited(this.#question.tries) ? this.#repeat(now, this.#question) : [];
    if (this.#granted !== undefined && now >= this.#againAt) return this.#map(now, this.#granted.by);
    return now >= this.#againAt ? this.#probe(now) : [];
  }

  nextDeadline(): number {
    const question = this.#question === undefined ? this.#againAt : this.#question.askedAt + waited(this.#question.tries);
    return this.#place === undefined ? Infinity : Math.min(question, this.#granted?.until ?? Infinity);
  }

  #natPmp(now: number, answer: NatPmpAnswer): PortAction[] {
    const known = this.#seen('natPmp');
    if (answer.type === 'refused') return answer.opcode === 1 ? [...known, ...this.#refuse(now, 'natPmp')] : known;
    if (answer.type === 'external-address') {
      this.#outer = formatAddress(answer.address);
      return [...known, ...this.#announced(now, 'natPmp', answer.epoch)];
    }
    if (this.#question?.by !== 'natPmp' || answer.internalPort !== this.#place!.port || answer.lifetime === 0) return known;
    return [...known, ...this.#grant(now, 'natPmp', answer, this.#outer)];
  }

  #pcp(now: number, answer: PcpAnswer): PortAction[] {
    const known = this.#seen('pcp');
    if (answer.type === 'refused') return answer.opcode === 1 ? [...known, ...this.#refuse(now, 'pcp')] : known;
    if (answer.type === 'announce') return [...known, ...this.#announced(now, 'pcp', answer.epoch)];
    const ours = answer.protocol === UDP && answer.internalPort === this.#place!.port && sameBytes(answer.nonce, this.#nonce);
    if (this.#question?.by !== 'pcp' || !ours || answer.lifetime === 0) return known;
    return [...known, ...this.#grant(now, 'pcp', answer, formatAddress(answer.externalAddress))];
  }

  /** The gateway is there. NAT-PMP is taken at once, PCP when nothing else has answered in time. */
  #announced(now: number, by: PortProtocol, epoch: number): PortAction[] {
    const granted = this.#granted;
    const probing = this.#question !== undefined && this.#question.by === undefined;
    if (granted !== undefined) {
      if (granted.by !== by) return [];
      if (probing) this.#rest(granted.renewAt);
      return hasForgotten(granted, epoch, now) ? this.#map(now, by) : [];
    }
    const late = this.#question === undefined && this.#refused.size > 0 && !this.#refused.has(by);
    return late || (probing && by === 'natPmp') ? this.#map(now, by) : [];
  }

  #grant(
    now: number,
    by: PortProtocol,
    answer: { externalPort: number; lifetime: number; epoch: number },
    outer: string | undefined,
  ): PortAction[] {
    if (outer === undefined || isNowhere(outer) || answer.externalPort === 0) return this.#refuse(now, by);
    const life = Math.min(LONGEST_LIFE, answer.lifetime * 1_000);
    const renewAt = now + (life < SHORTEST_LIFE ? SHORTEST_LIFE : life / 2);
    const until = Math.max(now + life, renewAt + waited(TRIES));
    const place = { address: outer, port: answer.externalPort };
    const before = this.#granted?.place;
    this.#granted = { by, place, epoch: answer.epoch, at: now, renewAt, until };
    this.#refused.clear();
    this.#rest(renewAt);
    const same = before?.address === place.address && before.port === place.port;
    return same ? [] : [{ type: 'mapped', place }, this.#report()];
  }

  /** The next protocol, or nothing for a while. What was granted holds until its end. */
  #refuse(now: number, by: PortProtocol): PortAction[] {
    if (this.#question?.by !== by) return [];
    this.#refused.add(by);
    const next = this.#next();
    if (next !== undefined && this.#granted === undefined) return this.#map(now, next);
    this.#rest(this.#granted === undefined ? now + LATER : halfway(now, this.#granted.until));
    return [this.#report()];
  }

  #next(): PortProtocol | undefined {
    return (['natPmp', 'pcp'] as const).find((by) => this.#present[by] && !this.#refused.has(by));
  }

  #probe(now: number): PortAction[] {
    if (this.#place === undefined) return [];
    this.#refused.clear();
    this.#probedAt = now;
    return this.#ask({ requests: probeRequests(this.#place), askedAt: now, tries: 0 });
  }

  #map(now: number, by: PortProtocol): PortAction[] {
    const bytes = mapRequest(by, this.#place!, this.#nonce, this.#granted?.place.port ?? 0);
    return this.#ask({ requests: [bytes], by, askedAt: now, tries: 0 });
  }

  #ask(question: Question): PortAction[] {
    this.#question = question;
    question.tries += 1;
    const to = this.#place!.gateway;
    return question.requests.map((bytes) => ({ type: 'send', to, bytes }) as const);
  }

  /** Time is up for this try. */
  #repeat(now: number, question: Question): PortAction[] {
    const next = question.by === undefined && this.#granted === undefined ? this.#next() : undefined;
    if (next !== undefined) return this.#map(now, next);
    if (question.tries < TRIES) return this.#ask(question);
    if (question.by !== undefined) return this.#refuse(now, question.by);
    this.#rest(this.#granted === undefined ? now + LATER : halfway(now, this.#granted.until));
    return [this.#report()];
  }

  #rest(until: number): void {
    this.#question = undefined;
    this.#againAt = until;
  }

  #lose(): PortAction[] {
    this.#granted = undefined;
    this.#present = { natPmp: false, pcp: false };
    return [{ type: 'mapped', place: undefined }, this.#report()];
  }

  #seen(by: PortProtocol): PortAction[] {
    if (this.#present[by]) return [];
    this.#present = { ...this.#present, [by]: true };
    return [this.#report()];
  }

  #report(): PortAction {
    const mapped = this.#granted?.place;
    return { type: 'report', report: { ...this.#present, ...(mapped && { mapped }) } };
  }
}

/** Milliseconds from the first try until the time of this many tries is up. */
function waited(tries: number): number {
  return FIRST_WAIT * (2 ** tries - 1);
}

/** RFC 6887, 11.2.1: half of what is left, but never a flood. */
function halfway(now: number, until: number): number {
  return now + Math.max(SHORTEST_LIFE / 2, (until - now) / 2);
}

/** Its clock began anew: what it granted before is gone, also when its new clock is past the old one by now. */
function hasForgotten({ epoch, at }: Granted, said: number, now: number): boolean {
  return said < epoch + ((now - at) / 1_000) * SLOWEST - BEHIND;
}

function isNowhere(address: string): boolean {
  return address === '0.0.0.0' || address === '::';
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}

function samePlace(a: MappingPlace | undefined, b: MappingPlace | undefined): boolean {
  return a?.gateway === b?.gateway && a?.own === b?.own && a?.port === b?.port;
}
