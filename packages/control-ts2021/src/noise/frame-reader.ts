import type { Bytes } from '@heddle/core';
import { HEADER, LARGEST_FRAME, lengthFits } from './frames.js';

export interface Frame {
  readonly type: number;
  readonly body: Bytes;
}

const NOTHING: Bytes = new Uint8Array(0);

/** Cuts the other end's bytes into frames, however they arrive. Holds less than one frame, and nothing of what was pushed once it waits. */
export class FrameReader {
  readonly #held: Bytes = new Uint8Array(LARGEST_FRAME);
  #heldLength = 0;
  #input: Bytes = NOTHING;
  #at = 0;
  #broken = false;

  /** Takes bytes that follow those before. Read `next` until it has nothing before the bytes are reused. */
  push(bytes: Bytes): void {
    this.#input = bytes;
    this.#at = 0;
  }

  /** At most so many bytes are in the frames that are there. */
  get available(): number {
    return this.#heldLength + this.#input.length - this.#at;
  }

  /** The next whole frame, `wait` for more bytes, or `broken` for good when a header is none. The body is a copy, or lies in what was pushed. */
  next(): Frame | 'wait' | 'broken' {
    if (this.#broken) return 'broken';
    const frame = (this.#heldLength === 0 ? this.#whole() : undefined) ?? this.#gathered();
    if (frame === 'wait') this.push(NOTHING);
    return frame;
  }

  /** A frame that came in one piece, where it lies. */
  #whole(): Frame | undefined {
    const [input, at] = [this.#input, this.#at];
    if (input.length < at + HEADER) return undefined;
    const type = input[at]!;
    const end = at + HEADER + ((input[at + 1]! << 8) | input[at + 2]!);
    if (input.length < end || !lengthFits(type, end - at - HEADER)) return undefined;
    this.#at = end;
    return { type, body: input.subarray(at + HEADER, end) };
  }

  /** A frame in pieces. */
  #gathered(): Frame | 'wait' | 'broken' {
    if (!this.#fill(HEADER)) return 'wait';
    const type = this.#held[0]!;
    const length = (this.#held[1]! << 8) | this.#held[2]!;
    if (!lengthFits(type, length)) {
      this.#broken = true;
      return 'broken';
    }
    if (!this.#fill(HEADER + length)) return 'wait';
    this.#heldLength = 0;
    return { type, body: this.#held.slice(HEADER, HEADER + length) };
  }

  /** The one place through which bytes are taken. */
  #fill(wanted: number): boolean {
    const missing = wanted - this.#heldLength;
    if (missing > 0) {
      const taken = this.#input.subarray(this.#at, this.#at + missing);
      this.#held.set(taken, this.#heldLength);
      this.#heldLength += taken.length;
      this.#at += taken.length;
    }
    return this.#heldLength >= wanted;
  }
}
