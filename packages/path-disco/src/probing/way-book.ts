import { CANDIDATES_MAX, LEARNED_LIFE, LOST_STRANGER } from './constants.js';
import { Way } from './way.js';

/** All ways to one peer, by text, and who named them. Bounded: what the peer's pings brought goes first. */
export class WayBook {
  readonly #ways = new Map<string, Way>();

  get(text: string): Way | undefined {
    return this.#ways.get(text);
  }

  all(): readonly Way[] {
    return [...this.#ways.values()];
  }

  direct(): readonly Way[] {
    return this.all().filter(({ relay }) => !relay);
  }

  relays(): readonly Way[] {
    return this.all().filter(({ relay }) => relay);
  }

  /** What control names now, instead of what it named before. */
  setMap(direct: readonly string[], relay: string | undefined, now: number): void {
    for (const way of this.#ways.values()) way.inMap = false;
    if (relay !== undefined) this.#name(relay, true).inMap = true;
    for (const text of direct.slice(0, CANDIDATES_MAX / 2)) this.#name(text, false).inMap = true;
    this.prune(now);
  }

  /** What a call-me-maybe names, instead of what the one before named. */
  setCalled(texts: readonly string[], now: number): void {
    for (const way of this.#ways.values()) way.called = false;
    for (const text of texts) this.#name(text, false).called = true;
    this.prune(now);
  }

  /** The peer was heard from there. */
  learn(text: string, relay: boolean, now: number): Way {
    const way = this.#name(text, relay);
    way.learnedAt = now;
    return way;
  }

  /** Forgets what nobody names any more, and the longest unheard of what is too much. True when something went. */
  prune(now: number): boolean {
    const before = this.#ways.size;
    for (const way of this.#ways.values()) if (!isNamed(way, now)) this.#ways.delete(way.text);
    const surplus = this.#ways.size - CANDIDATES_MAX;
    if (surplus > 0) for (const { text } of this.#longestUnheard().slice(0, surplus)) this.#ways.delete(text);
    return this.#ways.size !== before;
  }

  #longestUnheard(): readonly Way[] {
    return this.direct()
      .filter(({ inMap }) => !inMap)
      .sort((a, b) => a.learnedAt - b.learnedAt);
  }

  #name(text: string, relay: boolean): Way {
    const way = this.#ways.get(text) ?? new Way(text, relay);
    this.#ways.set(text, way);
    return way;
  }
}

function isNamed(way: Way, now: number): boolean {
  if (way.inMap || way.called || (!way.relay && way.works(now))) return true;
  const stranger = way.answeredAt === -Infinity && way.health.lostInRow >= LOST_STRANGER;
  return now - way.learnedAt < LEARNED_LIFE && !stranger;
}
