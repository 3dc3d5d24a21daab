import type { Bytes } from '@heddle/core';
import { MAP_LIMITS } from './map-limits.js';
import type { MapProblem } from './map-outcome.js';

/**
 * The body of a map response: a stream of frames, cut anywhere.
 *
 *   0               4
 *   | n, LE u32     | JSON text, n bytes | 0 ...
 *
 * None is compressed, because none was asked for: a frame that begins like zstd or gzip ends the stream.
 */
const HEADER = 4;
/** The first piece of memory for a frame that comes in pieces; it doubles with what has really come. */
const FIRST_ROOM = 4_096;
const EMPTY: Bytes = new Uint8Array(0);

const MAGIC: readonly { readonly name: string; readonly bytes: readonly number[] }[] = [
  { name: 'zstd', bytes: [0x28, 0xb5, 0x2f, 0xfd] },
  { name: 'gzip', bytes: [0x1f, 0x8b] },
];

/** Cuts the body of a map response into its frames. Memory follows what has come, never what is announced. */
export class MapFrames {
  readonly #longest: number;
  readonly #header: Bytes = new Uint8Array(HEADER);
  #headerFill = 0;
  /** The body of a frame that came in pieces. */
  #room: Bytes = EMPTY;
  #fill = 0;
  #input: Bytes = EMPTY;
  #problem: MapProblem | undefined;

  /** `longest` is the most bytes that a frame may have. */
  constructor(longest: number = MAP_LIMITS.frameBytes) {
    this.#longest = longest;
  }

  /** Why the stream cannot go on. Once set it stays, and no frame comes any more. */
  get problem(): MapProblem | undefined {
    return this.#problem;
  }

  /** Gives the next piece of the body, after `next` has returned undefined. */
  push(chunk: Bytes): void {
    this.#input = chunk;
  }

  /** The next whole frame, valid until the next push; undefined when more bytes are needed, or after a problem. */
  next(): Bytes | undefined {
    if (this.#problem !== undefined || !this.#readHeader()) return undefined;
    const length = this.#length();
    if (length > this.#longest) return this.#refuse('too-long', `a map frame of ${length} bytes; at most ${this.#longest} are taken`);
    const frame = this.#fill === 0 && this.#input.length >= length ? this.#take(length) : this.#gather(length);
    const format = MAGIC.find(({ bytes }) => startsWith(frame ?? this.#room.subarray(0, this.#fill), bytes));
    if (format !== undefined) return this.#refuse('compressed', `a map frame in ${format.name}, although no compression was asked for`);
    if (frame !== undefined) this.#headerFill = 0;
    return frame;
  }

  /** Every byte passes through here. */
  #take(most: number): Bytes {
    const taken = this.#input.subarray(0, most);
    // Even an empty piece of a chunk keeps the memory of all of it.
    this.#input = taken.length < this.#input.length ? this.#input.subarray(taken.length) : EMPTY;
    return taken;
  }

  #readHeader(): boolean {
    const piece = this.#take(HEADER - this.#headerFill);
    this.#header.set(piece, this.#headerFill);
    this.#headerFill += piece.length;
    return this.#headerFill === HEADER;
  }

  #length(): number {
    return new DataView(this.#header.buffer).getUint32(0, true);
  }

  /** Puts what is there to the rest of the frame; the whole of it once it is. */
  #gather(length: number): Bytes | undefined {
    const piece = this.#take(length - this.#fill);
    this.#makeRoom(Math.min(length, Math.max(FIRST_ROOM, 2 * (this.#fill + piece.length))), this.#fill + piece.length);
    this.#room.set(piece, this.#fill);
    this.#fill += piece.length;
    if (this.#fill < length) return undefined;
    const frame = this.#room.subarray(0, length);
    this.#room = EMPTY;
    this.#fill = 0;
    return frame;
  }

  #makeRoom(wanted: number, needed: number): void {
    if (this.#room.length >= needed) return;
    const room = new Uint8Array(wanted);
    room.set(this.#room.subarray(0, this.#fill));
    this.#room = room;
  }

  #refuse(reason: MapProblem['reason'], text: string): undefined {
    this.#problem = { reason, text };
    this.#room = EMPTY;
    this.#input = EMPTY;
  }
}

function startsWith(bytes: Bytes, magic: readonly number[]): boolean {
  return bytes.length >= magic.length && magic.every((byte, i) => bytes[i] === byte);
}
