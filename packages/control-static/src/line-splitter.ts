import type { Bytes } from '@heddle/crypto';

/** Cuts a stream of bytes into lines, however the bytes come. Holds at most one line of the longest allowed. */
export class LineSplitter {
  readonly #longest: number;
  readonly #decoder = new TextDecoder('latin1');
  #pending = '';

  constructor(longest: number) {
    this.#longest = longest;
  }

  /** Calls `line` with each complete line. False: a line is too long, or `line` said false; what is left of the bytes is given up. */
  push(bytes: Bytes, line: (text: string) => boolean): boolean {
    const chunk = this.#decoder.decode(bytes);
    let start = 0;
    for (let end = chunk.indexOf('\n'); end >= 0; end = chunk.indexOf('\n', start)) {
      if (!this.#fits(end - start)) return false;
      const text = this.#pending + chunk.slice(start, end);
      this.#pending = '';
      start = end + 1;
      if (!line(text)) return false;
    }
    if (!this.#fits(chunk.length - start)) return false;
    this.#pending += chunk.slice(start);
    return true;
  }

  #fits(more: number): boolean {
    return this.#pending.length + more <= this.#longest;
  }
}
