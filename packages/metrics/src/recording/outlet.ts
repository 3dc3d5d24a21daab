import type { Bytes, Clock } from '@heddle/core';
import type { Sink } from './sink.js';

export interface OutletOptions {
  readonly to: Sink;
  readonly clock: Clock;
  /** Most bytes that wait. While one chunk is being taken, as many more may wait. */
  readonly limit: number;
  /** Written in front of everything, once. */
  readonly head?: Bytes;
}

const FIRST_SIZE = 64 * 1024;
const NOTHING: Bytes = new Uint8Array(0);

/** A bounded queue in front of a sink that may be slow or fail. Who fills it never waits. */
export class Outlet {
  readonly #options: OutletOptions;
  /** Where pieces are written; valid until the next `reserve`. */
  bytes: Bytes = NOTHING;
  #used = 0;
  #pieces = 0;
  #spare: Bytes = NOTHING;
  #head: Bytes;
  #due = false;
  #taking: Promise<void> | undefined;
  #ended = false;
  /** Pieces that the sink has taken, and that it has not. */
  readonly #counts = { taken: 0, lost: 0 };

  constructor(options: OutletOptions) {
    this.#options = options;
    this.#head = options.head ?? NOTHING;
    this.#wake();
  }

  get counts(): { readonly taken: number; readonly lost: number } {
    return this.#counts;
  }

  /**
   * Room for a piece: where it begins in `bytes`, of which every byte is then to be written before anything else happens. -1: there is none
   * beside what is to be spared.
   */
  reserve(length: number, { spared = 0, counted = true }: { readonly spared?: number; readonly counted?: boolean } = {}): number {
    const at = this.#used;
    if (this.#ended || at + length > this.#options.limit - spared) return -1;
    if (at + length > this.bytes.length) this.#grow(at + length);
    this.#used += length;
    if (counted) this.#pieces += 1;
    this.#wake();
    return at;
  }

  /** Hands out all that waits; nothing is taken any more. Resolves when the sink is closed; never rejects. */
  async end(): Promise<void> {
    if (this.#ended) return;
    this.#ended = true;
    while (this.#taking !== undefined) await this.#taking;
    await this.#give();
    await this.#attempt(() => this.#options.to.close?.());
  }

  #wake(): void {
    const { clock } = this.#options;
    if (this.#due || this.#taking !== undefined || this.#ended) return;
    this.#due = true;
    clock.at(clock.now(), () => {
      this.#due = false;
      if (!this.#ended) void this.#give();
    });
  }

  /** One chunk, with the head in front as long as that has not been taken. */
  async #give(): Promise<void> {
    if (this.#used + this.#head.length === 0) return;
    const [chunk, pieces] = [this.#chunk(), this.#pieces];
    const full = this.bytes;
    [this.bytes, this.#spare, this.#used, this.#pieces] = [this.#spare, NOTHING, 0, 0];
    this.#taking = this.#hand(chunk, pieces);
    await this.#taking;
    this.#taking = undefined;
    this.#spare = full;
    if (this.#used > 0) this.#wake();
  }

  async #hand(chunk: Bytes, pieces: number): Promise<void> {
    const taken = await this.#attempt(() => this.#options.to(chunk));
    if (taken) this.#head = NOTHING;
    this.#counts[taken ? 'taken' : 'lost'] += pieces;
  }

  #chunk(): Bytes {
    const body = this.bytes.subarray(0, this.#used);
    if (this.#head.length === 0) return body;
    const chunk = new Uint8Array(this.#head.length + body.length);
    chunk.set(this.#head);
    chunk.set(body, this.#head.length);
    return chunk;
  }

  async #attempt(work: () => void | PromiseLike<void>): Promise<boolean> {
    try {
      await work();
      return true;
    } catch {
      return false;
    }
  }

  #grow(least: number): void {
    const size = Math.min(Math.max(FIRST_SIZE, this.bytes.length * 2, least), Math.max(this.#options.limit, least));
    const larger = new Uint8Array(size);
    larger.set(this.bytes.subarray(0, this.#used));
    this.bytes = larger;
  }
}
