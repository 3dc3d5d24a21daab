import type { Bytes } from '@heddle/crypto';

/** The local indices in use: how an incoming message finds its session, whatever address it came from. */
export class IndexTable<T> {
  /** Keyed by the index as int32, which is a small integer for the engine and needs no allocation to look up. */
  readonly #entries = new Map<number, T>();
  readonly #random: (into: Bytes) => void;
  readonly #bytes = new Uint8Array(4);

  constructor(random: (into: Bytes) => void) {
    this.#random = random;
  }

  /** Takes a random index that nobody has. */
  allocate(entry: T): number {
    for (;;) {
      this.#random(this.#bytes);
      const index = new DataView(this.#bytes.buffer).getUint32(0);
      if (this.#entries.has(index | 0)) continue;
      this.#entries.set(index | 0, entry);
      return index;
    }
  }

  get(index: number): T | undefined {
    return this.#entries.get(index | 0);
  }

  /** Points an index that is in use at something else. */
  replace(index: number, entry: T): void {
    this.#entries.set(index | 0, entry);
  }

  release(index: number): void {
    this.#entries.delete(index | 0);
  }

  get size(): number {
    return this.#entries.size;
  }
}
