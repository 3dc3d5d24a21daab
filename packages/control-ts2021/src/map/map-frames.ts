import type { Bytes } from '@heddle/core';
import { MAP_LIMITS } from './map-limits.js';
import type { MapProblem } from './map-outcome.js';

/**
 * The body of a map response: a stream of frames, cut anywhere.
 *
 *   0               4
 *   | n, LE u32     | JSON text, n bytes | 0 ...
 *
 * None is compressed, because none was asked for.
 */
const HEADER = 4;
/** The first piece of memory for a frame that comes in pieces; afterwards it doubles with what has really come. */
const FIRST_ROOM = 4_096;

/** Cuts the body of a map response into its frames. Memory follows what has come, never what is announced. */
export class MapFrames {
  readonly #longest: number;
  readonly #header = new Uint8Array(HEADER);
  #headerFill = 0;
  #room: Bytes = new Uint8Array(0);
  #fill = 0;
  #input: Bytes = new Uint8Array(0);
  #at = 0;
  #problem: MapProblem | undefined;

  /** `longest` is the most bytes that a frame may have. */
  constructor(longest: number = MAP_LIMITS.frameBytes) {
    this.#longest = longest;
  }

  /** Why the stream cannot go on. Once set it stays, and no frame comes any more. */
  get problem(): MapProblem | undefined {
    return this.#problem;
  }

  /** Gives the next piece of the body, after `next` has returned undefined. It is read until `next` has taken it all. */
  push(chunk: Bytes): void {
    this.#input = chunk;
    this.#at = 0;
  }

  /** The next whole frame, valid until the next push; undefined when more bytes are needed, or after a problem. */
  next(): Bytes | undefined {
    return undefined;
  }
}
