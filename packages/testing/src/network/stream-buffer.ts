import type { Bytes } from '@heddle/core';

/** Bytes that may be on the way and unread. */
export const WINDOW: number = 64 * 1024;
/** The other side is told once this much was read. */
const GRANT = WINDOW / 4;

/** The receiving half of a stream: puts segments in order and keeps what was not read. Bounded by the window that it grants. */
export class StreamBuffer {
  readonly #early = new Map<number, Bytes>();
  readonly #chunks: Bytes[] = [];
  #arrived = 0;
  #read = 0;
  #granted = WINDOW;
  #end = -1;
  #endSeen = false;

  /** Bytes or the end can be read. */
  get readable(): boolean {
    return this.#chunks.length > 0 || (this.#atEnd && !this.#endSeen);
  }

  /** Everything was read, and the end was seen. */
  get finished(): boolean {
    return this.#endSeen;
  }

  /** True when something can be read that could not before. Twice the same, or too much, changes nothing. */
  put(at: number, bytes: Bytes): boolean {
    if (at < this.#arrived || at + bytes.length > this.#granted || this.#early.has(at)) return false;
    this.#early.set(at, bytes);
    return this.#advance();
  }

  /** The other side writes no more after this many bytes. */
  finish(at: number): boolean {
    if (this.#end >= 0) return false;
    this.#end = at;
    return this.#atEnd;
  }

  /** As Flow.read. */
  read(into: Bytes): number {
    let count = 0;
    while (count < into.length && this.#chunks.length > 0) count += this.#take(into.subarray(count));
    this.#read += count;
    if (count > 0 || !this.#atEnd || this.#chunks.length > 0) return count;
    this.#endSeen = true;
    return -1;
  }

  /** How far the other side may write now; 0 when it need not be told. */
  grant(): number {
    if (this.#end >= 0 || this.#read + WINDOW - this.#granted < GRANT) return 0;
    this.#granted = this.#read + WINDOW;
    return this.#granted;
  }

  get #atEnd(): boolean {
    return this.#end === this.#arrived;
  }

  #advance(): boolean {
    const before = this.#arrived;
    for (let next = this.#early.get(this.#arrived); next !== undefined; next = this.#early.get(this.#arrived)) {
      this.#early.delete(this.#arrived);
      this.#arrived += next.length;
      this.#chunks.push(next);
    }
    return this.#arrived > before;
  }

  #take(into: Bytes): number {
    const chunk = this.#chunks.shift()!;
    const count = Math.min(chunk.length, into.length);
    into.set(chunk.subarray(0, count));
    if (count < chunk.length) this.#chunks.unshift(chunk.subarray(count));
    return count;
  }
}
