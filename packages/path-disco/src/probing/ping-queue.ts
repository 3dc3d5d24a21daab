import { PINGS_PER_SECOND, RESERVED_PER_SECOND } from './constants.js';
import { TokenBucket } from './token-bucket.js';

/** Places that are to be pinged, each once, as fast as the rate for one peer allows. */
export class PingQueue {
  readonly #bucket: TokenBucket;
  readonly #reserved: TokenBucket;
  #waiting: readonly string[] = [];
  #first: string | undefined;

  constructor(now: number) {
    this.#bucket = new TokenBucket(PINGS_PER_SECOND - RESERVED_PER_SECOND, now);
    this.#reserved = new TokenBucket(RESERVED_PER_SECOND, now);
  }

  /** The path in use does not wait for the others. */
  first(text: string): void {
    this.#first = text;
    this.#waiting = this.#waiting.filter((other) => other !== text);
  }

  /** Behind the others, unless it waits already. */
  add(text: string): void {
    if (text !== this.#first && !this.#waiting.includes(text)) this.#waiting = [...this.#waiting, text];
  }

  /** In front of the others. */
  hurry(text: string): void {
    this.#waiting = [text, ...this.#waiting.filter((other) => other !== text)];
  }

  /** What may be pinged now; what is not known any more costs nothing. */
  take(now: number, known: (text: string) => boolean): readonly string[] {
    this.#waiting = this.#waiting.filter(known);
    let count = 0;
    while (count < this.#waiting.length && this.#bucket.take(now)) count += 1;
    const ready = this.#waiting.slice(0, count);
    this.#waiting = this.#waiting.slice(count);
    return [...this.#takeFirst(now), ...ready];
  }

  nextAt(now: number): number {
    const first = this.#first === undefined ? Infinity : this.#reserved.nextAt(now);
    return this.#waiting.length === 0 ? first : Math.min(first, this.#bucket.nextAt(now));
  }

  #takeFirst(now: number): readonly string[] {
    const first = this.#first;
    if (first === undefined || !this.#reserved.take(now)) return [];
    this.#first = undefined;
    return [first];
  }
}
