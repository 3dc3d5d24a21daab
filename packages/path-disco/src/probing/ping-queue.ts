import { PINGS_PER_SECOND } from './constants.js';
import { TokenBucket } from './token-bucket.js';

/** Places that are to be pinged, each once, as fast as the rate for one peer allows. */
export class PingQueue {
  readonly #bucket: TokenBucket;
  #waiting: readonly string[] = [];

  constructor(now: number) {
    this.#bucket = new TokenBucket(PINGS_PER_SECOND, now);
  }

  /** Behind the others, unless it waits already. */
  add(text: string): void {
    if (!this.#waiting.includes(text)) this.#waiting = [...this.#waiting, text];
  }

  /** In front of the others. */
  hurry(text: string): void {
    this.#waiting = [text, ...this.#waiting.filter((other) => other !== text)];
  }

  /** What may be pinged now. */
  take(now: number): readonly string[] {
    const ready: string[] = [];
    while (ready.length < this.#waiting.length && this.#bucket.take(now)) ready.push(this.#waiting[ready.length]!);
    this.#waiting = this.#waiting.slice(ready.length);
    return ready;
  }

  nextAt(now: number): number {
    return this.#waiting.length === 0 ? Infinity : this.#bucket.nextAt(now);
  }
}
