import type { Bytes } from './contract.js';

/** What was made from the keys seen last, up to a limit; the one not asked for longest leaves first. */
export class RecentKeys<Made> {
  readonly #limit: number;
  readonly #make: (bytes: Bytes) => Made;
  readonly #kept: Map<string, Made> = new Map();

  constructor(limit: number, make: (bytes: Bytes) => Made) {
    this.#limit = limit;
    this.#make = make;
  }

  of(bytes: Bytes): Made {
    const name = String.fromCharCode(...bytes);
    const made = this.#kept.get(name) ?? this.#make(bytes);
    this.#kept.delete(name);
    this.#kept.set(name, made);
    if (this.#kept.size > this.#limit) this.#kept.delete(this.#kept.keys().next().value!);
    return made;
  }
}
