import { type AddressPort, decodeStunAnswer, encodeStunRequest, formatAddress, STUN_TRANSACTION } from '@heddle/wire';
import type { StunTarget } from './stun-servers.js';

/** Milliseconds between tries, and how many there are. */
const TRY_AGAIN = 100;
const TRIES = 3;
/** A server that has said nothing by then says nothing. */
const LIMIT = 3_000;
/** Once so many regions have answered, the others get twice the time of the slowest, and at least this. */
const ENOUGH_REGIONS = 3;
const LAST_CALL = 500;
/** Where there is only one region, so many of its servers are asked: a NAT shows its nature to two. */
const SERVERS_OF_ONE_REGION = 3;
const PROBES_MAX = 200;

export interface Place {
  readonly address: string;
  readonly port: number;
}

/** One request on its way. */
export interface StunSend {
  readonly to: Place;
  readonly bytes: Uint8Array;
}

/** What a server saw. */
export interface Heard {
  readonly target: StunTarget;
  readonly seen: Place;
  readonly latency: number;
}

interface Probe {
  /** Asked in turn. */
  readonly targets: readonly StunTarget[];
  tries: number;
  answered: boolean;
}

/** Asks servers until they have answered or had their time. Each request has a transaction of its own, so an answer tells its own latency. */
export class StunRound {
  readonly full: boolean;
  readonly startedAt: number;
  readonly heard: Heard[] = [];
  readonly #fill: (bytes: Uint8Array) => void;
  readonly #probes: readonly Probe[];
  readonly #open = new Map<string, { readonly probe: Probe; readonly target: StunTarget; readonly sentAt: number }>();

  constructor(now: number, targets: readonly StunTarget[], full: boolean, fill: (bytes: Uint8Array) => void) {
    this.startedAt = now;
    this.full = full;
    this.#fill = fill;
    this.#probes = probesOf(targets);
  }

  get asked(): number {
    return this.#probes.length;
  }

  /** Requests that are due. */
  tick(now: number): StunSend[] {
    const due = this.#probes.filter((probe) => !probe.answered && probe.tries < TRIES && now >= this.#tryAt(probe));
    return due.map((probe) => this.#send(now, probe));
  }

  /** Notes an answer to one of our requests, wherever it came from. False for others, for repeated ones, and for what is no place of ours. */
  answered(now: number, bytes: Uint8Array): boolean {
    const answer = decodeStunAnswer(bytes);
    const asked = answer && this.#open.get(keyOf(answer.transaction));
    if (asked === undefined || asked.probe.answered || !isPlace(answer!, asked.target.family)) return false;
    asked.probe.answered = true;
    const seen = { address: formatAddress(answer!.address), port: answer!.port };
    this.heard.push({ target: asked.target, seen, latency: now - asked.sentAt });
    return true;
  }

  over(now: number): boolean {
    return now >= this.#endsAt();
  }

  nextDeadline(): number {
    const tries = this.#probes.filter(({ answered, tries }) => !answered && tries < TRIES).map((probe) => this.#tryAt(probe));
    return Math.min(this.#endsAt(), ...tries);
  }

  #endsAt(): number {
    if (this.#probes.every(({ answered }) => answered)) return this.startedAt;
    const regions = new Set(this.heard.map(({ target }) => target.region)).size;
    if (regions < ENOUGH_REGIONS) return this.startedAt + LIMIT;
    const slowest = Math.max(...this.heard.map(({ latency }) => latency));
    return this.startedAt + Math.min(LIMIT, Math.max(LAST_CALL, 2 * slowest));
  }

  #tryAt({ tries }: Probe): number {
    return this.startedAt + tries * TRY_AGAIN;
  }

  #send(now: number, probe: Probe): StunSend {
    const target = probe.targets[probe.tries % probe.targets.length]!;
    const transaction = new Uint8Array(STUN_TRANSACTION);
    this.#fill(transaction);
    probe.tries += 1;
    this.#open.set(keyOf(transaction), { probe, target, sentAt: now });
    return { to: { address: target.address, port: target.port }, bytes: encodeStunRequest(transaction) };
  }
}

/** One probe for each family of a region, which goes through its servers; a single region's servers are asked side by side. */
function probesOf(targets: readonly StunTarget[]): readonly Probe[] {
  const alone = new Set(targets.map(({ region }) => region)).size === 1;
  const groups = new Map<string, StunTarget[]>();
  for (const target of targets) {
    const key = `${target.region} ${target.family}`;
    groups.set(key, [...(groups.get(key) ?? []), target]);
  }
  const lists = [...groups.values()].flatMap((group) =>
    alone ? group.slice(0, SERVERS_OF_ONE_REGION).map((target) => [target]) : [group],
  );
  return lists.slice(0, PROBES_MAX).map((list) => ({ targets: list, tries: 0, answered: false }));
}

/** False for port 0, nobody's address, and IPv6 where the question went by IPv4. The other way round it is the outside of a NAT64. */
function isPlace({ address, port }: AddressPort, asked: 4 | 6): boolean {
  const [first = 0] = address;
  const somewhere = address.length === 4 ? first > 0 && first < 224 : asked === 6 && first < 0xff && address.some((byte) => byte > 0);
  return port > 0 && somewhere;
}

export function keyOf(transaction: Uint8Array): string {
  return transaction.join();
}
