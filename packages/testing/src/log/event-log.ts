import { LogHash } from './log-hash.js';

/** What happened, line by line. All lines go into the hash; only the newest are kept as text. */
export class EventLog {
  readonly #keep: number;
  readonly #lines: string[] = [];
  readonly #hash = new LogHash();
  #count = 0;

  constructor(options: { readonly keep?: number } = {}) {
    this.#keep = options.keep ?? 10_000;
  }

  add(line: string): void {
    this.#count += 1;
    this.#hash.add(line);
    this.#hash.add('\n');
    if (this.#keep === 0) return;
    this.#lines.push(line);
    if (this.#lines.length >= 2 * this.#keep) this.#lines.splice(0, this.#lines.length - this.#keep);
  }

  /** Lines so far, also those that are no longer kept. */
  get count(): number {
    return this.#count;
  }

  /** The newest lines. */
  get lines(): readonly string[] {
    return this.#lines.slice(-this.#keep || this.#lines.length);
  }

  /** The newest lines, each with its line end. */
  get text(): string {
    return this.lines.map((line) => `${line}\n`).join('');
  }

  /** Equal for equal histories, from the first line on. */
  get hash(): string {
    return this.#hash.digest();
  }
}
