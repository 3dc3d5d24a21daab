import { formatAddress, parseAddress } from '@heddle/wire';
import { sameTexts } from './same-peer.js';

/** Milliseconds before a name that has no address is asked for again, by how often it has failed; the last goes on for ever. */
const RETRY_AFTER = [1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000] as const;
/** Questions under way at a time. */
const MOST_ASKING = 16;
/** Addresses of one name that are kept. */
const MOST_ADDRESSES = 8;

interface Host {
  readonly users: Set<string>;
  addresses: readonly string[];
  failures: number;
}

/** Which host names of endpoints to look up, and when. No clock, no resolver; each call costs what it changes, however many names there are. */
export class NameSchedule {
  readonly #hosts = new Map<string, Host>();
  readonly #hostOf = new Map<string, string>();
  readonly #ready = new Set<string>();
  readonly #asking = new Set<string>();
  /** Names that wait after a failure, with the time to ask; all of one row wait equally long, so the first is the next. */
  readonly #waiting: readonly Map<string, number>[] = RETRY_AFTER.map(() => new Map());
  readonly #unresolved = new Set<string>();

  /** The peer is at this host from now on, or at none. */
  use(peer: string, name: string | undefined): void {
    const before = this.#hostOf.get(peer);
    if (before === name) return;
    if (before !== undefined) this.#leave(peer, before);
    if (name !== undefined) this.#enter(peer, name);
  }

  /** Asks for every name again. */
  refresh(): void {
    for (const row of this.#waiting) row.clear();
    for (const name of this.#hosts.keys()) this.#ready.add(name);
  }

  addressesOf(name: string): readonly string[] {
    return this.#hosts.get(name)?.addresses ?? [];
  }

  /** The names to ask for now; each has to be answered. */
  due(now: number): readonly string[] {
    for (const row of this.#waiting) this.#wake(now, row);
    const names: string[] = [];
    for (const name of this.#ready) {
      if (this.#asking.size >= MOST_ASKING) break;
      if (this.#asking.has(name)) continue;
      this.#take(name);
      names.push(name);
    }
    return names;
  }

  /** What a question gave; no addresses is a failure, after which the old ones stay in use. Returns the peers whose addresses changed. */
  answered(now: number, name: string, answer: readonly string[]): readonly string[] {
    this.#asking.delete(name);
    const host = this.#hosts.get(name);
    if (host === undefined) return [];
    const addresses = usable(answer);
    if (addresses.length === 0) return this.#failed(now, name, host);
    host.failures = 0;
    this.#unresolved.delete(name);
    if (sameTexts(addresses, host.addresses)) return [];
    host.addresses = addresses;
    return [...host.users];
  }

  /** When a name that failed is to be asked for again. */
  nextDeadline(): number {
    return Math.min(...this.#waiting.map((row) => row.values().next().value ?? Number.POSITIVE_INFINITY));
  }

  /** The names that had no address when last asked for. */
  get unresolved(): ReadonlySet<string> {
    return this.#unresolved;
  }

  #take(name: string): void {
    this.#ready.delete(name);
    for (const row of this.#waiting) row.delete(name);
    this.#asking.add(name);
  }

  #wake(now: number, row: Map<string, number>): void {
    for (const [name, askAt] of row) {
      if (askAt > now) return;
      row.delete(name);
      this.#ready.add(name);
    }
  }

  #failed(now: number, name: string, host: Host): readonly string[] {
    const level = Math.min(host.failures, RETRY_AFTER.length - 1);
    host.failures += 1;
    this.#unresolved.add(name);
    this.#waiting[level]!.set(name, now + RETRY_AFTER[level]!);
    return [];
  }

  #enter(peer: string, name: string): void {
    const known = this.#hosts.get(name);
    const host = known ?? { users: new Set(), addresses: [], failures: 0 };
    host.users.add(peer);
    this.#hosts.set(name, host);
    this.#hostOf.set(peer, name);
    if (known === undefined) this.#ready.add(name);
  }

  #leave(peer: string, name: string): void {
    this.#hostOf.delete(peer);
    const users = this.#hosts.get(name)?.users;
    users?.delete(peer);
    if (users?.size === 0) this.#forget(name);
  }

  /** A question under way is still answered, and the answer then ignored. */
  #forget(name: string): void {
    this.#hosts.delete(name);
    this.#ready.delete(name);
    this.#unresolved.delete(name);
    for (const row of this.#waiting) row.delete(name);
  }
}

function usable(answer: readonly string[]): readonly string[] {
  const addresses = answer.slice(0, MOST_ADDRESSES).map(parseAddress);
  return [...new Set(addresses.filter((address) => address !== undefined).map(formatAddress))];
}
