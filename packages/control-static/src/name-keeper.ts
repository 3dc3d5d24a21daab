import type { Clock, Health, HostLookup } from '@heddle/core';
import { NameSchedule } from './name-schedule.js';

/** Milliseconds after which a question that nobody answers counts as failed. */
const LOOKUP_DEADLINE = 10_000;
/** Names that the health text shows. */
const MOST_SHOWN = 5;

export interface NameKeeperOptions {
  readonly lookup: HostLookup;
  readonly clock: Clock;
  /** These peers have other addresses now. */
  readonly changed: (peers: readonly string[]) => void;
  readonly health: (health: Health) => void;
}

/** Looks host names up as the schedule says: the one place with a resolver and a timer. */
export class NameKeeper {
  readonly #options: NameKeeperOptions;
  readonly #schedule = new NameSchedule();
  readonly #closed = new AbortController();
  #cancel: () => void = () => {};
  #shown = '';

  constructor(options: NameKeeperOptions) {
    this.#options = options;
  }

  addressesOf(name: string): readonly string[] {
    return this.#schedule.addressesOf(name);
  }

  /** Says at which host a peer is; `ask` begins the questions. */
  use(peer: string, name: string | undefined): void {
    this.#schedule.use(peer, name);
  }

  refresh(): void {
    this.#schedule.refresh();
  }

  /** Asks what is due, and sets the timer for the rest. */
  ask(): void {
    const { clock } = this.#options;
    this.#cancel();
    if (this.#closed.signal.aborted) return;
    for (const name of this.#schedule.due(clock.now())) void this.#question(name);
    this.#cancel = clock.at(this.#schedule.nextDeadline(), () => this.ask());
    this.#showHealth();
  }

  close(): void {
    this.#cancel();
    this.#closed.abort();
  }

  async #question(name: string): Promise<void> {
    const addresses = await this.#answer(name);
    if (this.#closed.signal.aborted) return;
    const peers = this.#schedule.answered(this.#options.clock.now(), name, addresses);
    if (peers.length > 0) this.#options.changed(peers);
    this.ask();
  }

  /** Never rejects: a fault is no address. */
  async #answer(name: string): Promise<readonly string[]> {
    const { lookup, clock } = this.#options;
    const own = new AbortController();
    const stop = (): void => own.abort();
    const cancel = clock.at(clock.now() + LOOKUP_DEADLINE, stop);
    this.#closed.signal.addEventListener('abort', stop);
    try {
      return await Promise.race([lookup.lookup(name, { signal: own.signal }), aborted(own.signal)]);
    } catch {
      return [];
    } finally {
      cancel();
      this.#closed.signal.removeEventListener('abort', stop);
    }
  }

  #showHealth(): void {
    const text = textOf(this.#schedule.unresolved);
    if (text === this.#shown) return;
    this.#shown = text;
    const since = this.#options.clock.now();
    this.#options.health(text === '' ? { ok: true, since } : { ok: false, code: 'HEDDLE_STATIC_UNRESOLVED', text, since });
  }
}

function textOf(names: ReadonlySet<string>): string {
  const shown: string[] = [];
  for (const name of names) if (shown.push(name) === MOST_SHOWN) break;
  const more = names.size > shown.length ? ` and ${names.size - shown.length} more` : '';
  return names.size === 0 ? '' : `no address for ${shown.join(', ')}${more}`;
}

function aborted(signal: AbortSignal): Promise<readonly string[]> {
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve([]), { once: true }));
}
