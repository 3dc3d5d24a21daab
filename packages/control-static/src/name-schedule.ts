import { formatAddress, parseAddress } from '@heddle/wire';
import { sameTexts } from './same-peer.js';

/** Milliseconds before a name that has no address is asked for again; doubles up to the longest. */
const RETRY_AFTER = 1_000;
const RETRY_LONGEST = 60_000;
/** Questions under way at a time. */
const MOST_ASKING = 16;
/** Addresses of one name that are kept. */
const MOST_ADDRESSES = 8;

interface Host {
  readonly users: Set<string>;
  addresses: readonly string[];
  failures: number;
  /** When to ask; Infinity: answered, or being asked. */
  askAt: number;
}

/** Which host names of endpoints to look up, and when. No clock, no resolver. */
export class NameSchedule {
  readonly #hosts = new Map<string, Host>();
  readonly #hostOf = new Map<string, string>();
  readonly #asking = new Set<string>();

  /** The peer is at this host from now on, or at none. */
  use(now: number, peer: string, name: string | undefined): void {
    const before = this.#hostOf.get(peer);
    if (before === name) return;
    if (before !== undefined) this.#leave(peer, before);
    if (name !== undefined) this.#enter(now, peer, name);
  }

  /** Asks for every name again. */
  refresh(now: number): void {
    for (const [name, host] of this.#hosts) if (!this.#asking.has(name)) host.askAt = now;
  }

  addressesOf(name: string): readonly string[] {
    return this.#hosts.get(name)?.addresses ?? [];
  }

  /** The names to ask for now; each has to be answered. */
  due(now: number): readonly string[] {
    const names: string[] = [];
    for (const [name, host] of this.#hosts) {
      if (this.#asking.size >= MOST_ASKING) break;
      if (host.askAt > now || this.#asking.has(name)) continue;
      host.askAt = Number.POSITIVE_INFINITY;
      this.#asking.add(name);
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
    if (addresses.length === 0) return this.#failed(now, host);
    host.failures = 0;
    if (sameTexts(addresses, host.addresses)) return [];
    host.addresses = addresses;
    return [...host.users];
  }

  nextDeadline(): number {
    if (this.#asking.size >= MOST_ASKING) return Number.POSITIVE_INFINITY;
    let next = Number.POSITIVE_INFINITY;
    for (const [name, host] of this.#hosts) if (!this.#asking.has(name)) next = Math.min(next, host.askAt);
    return next;
  }

  /** The names that had no address when last asked for. */
  unresolved(): readonly string[] {
    return [...this.#hosts].filter(([, host]) => host.failures > 0).map(([name]) => name);
  }

  #failed(now: number, host: Host): readonly string[] {
    host.askAt = now + Math.min(RETRY_AFTER * 2 ** Math.min(host.failures, 10), RETRY_LONGEST);
    host.failures += 1;
    return [];
  }

  #enter(now: number, peer: string, name: string): void {
    const host = this.#hosts.get(name) ?? { users: new Set(), addresses: [], failures: 0, askAt: now };
    host.users.add(peer);
    this.#hosts.set(name, host);
    this.#hostOf.set(peer, name);
  }

  #leave(peer: string, name: string): void {
    this.#hostOf.delete(peer);
    const users = this.#hosts.get(name)?.users;
    users?.delete(peer);
    if (users?.size === 0) this.#hosts.delete(name);
  }
}

function usable(answer: readonly string[]): readonly string[] {
  const addresses = answer.slice(0, MOST_ADDRESSES).map(parseAddress);
  return [...new Set(addresses.filter((address) => address !== undefined).map(formatAddress))];
}
