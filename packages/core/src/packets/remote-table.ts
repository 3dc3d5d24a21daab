import type { Bytes } from '../contracts/packets.js';
import type { Remote } from '../contracts/remote.js';

/** What makes a remote, without the text. */
export type RemoteParts = Omit<Remote, 'scheme' | 'text'>;

/**
 * Interns the remotes of one Bind: the same place is the same object while it is used.
 * Bounded, because sources can be spoofed: first those that came once are forgotten, so that a flood of sources does not push out the peers,
 * then the ones unused for longest. Who comes back is made anew.
 */
export class RemoteTable {
  readonly #scheme: string;
  readonly #limit: number;
  readonly #known = new Map<string, Remote>();
  /** Those that came again since the last sweep. */
  readonly #used = new Set<string>();

  constructor(scheme: string, limit = 4096) {
    this.#scheme = scheme;
    this.#limit = limit;
  }

  /** The remote `scheme:rest`; `make` is called when it is new. */
  intern(rest: string, make: () => RemoteParts): Remote {
    const known = this.#known.get(rest);
    if (known !== undefined) {
      this.#used.add(rest);
      return known;
    }
    if (this.#known.size >= this.#limit) this.#forgetUnused();
    const made: Remote = Object.freeze({ scheme: this.#scheme, text: `${this.#scheme}:${rest}`, ...make() });
    this.#known.set(rest, made);
    return made;
  }

  get size(): number {
    return this.#known.size;
  }

  /** A second-chance sweep: what was not asked for again since the last sweep goes, and if all was, the oldest half. */
  #forgetUnused(): void {
    for (const rest of this.#known.keys()) if (!this.#used.has(rest)) this.#known.delete(rest);
    this.#used.clear();
    const surplus = this.#known.size - Math.floor(this.#limit / 2);
    let forgotten = 0;
    for (const rest of this.#known.keys()) if (forgotten++ < surplus) this.#known.delete(rest);
  }
}

const utf8 = new TextEncoder();

/** The parts of a remote that is only a name: its id is the text. */
export function namedRemote(name: string): RemoteParts {
  return { id: utf8.encode(name) as Bytes, limitKey: name };
}
