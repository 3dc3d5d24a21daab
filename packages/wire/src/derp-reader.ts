import type { Bytes } from './bytes.js';
import { DERP_HEADER, derpFrameLength, derpPayloadLimit } from './derp-frame.js';

/** Room for a packet of the largest size, twice: reads stay large while a frame is incomplete. */
const ROOM = 128 * 1024;

export interface DerpReaderOptions {
  /** Largest payload of a type; a frame that names more is refused before anything is kept for it. Default: derpPayloadLimit. */
  readonly limitOf?: (type: number) => number;
  /** False for types that nobody reads: their bytes are passed over and need no room. Default: all are kept. */
  readonly wants?: (type: number) => boolean;
  /** Bytes of room to begin with. Default 128 KiB. */
  readonly room?: number;
}

/**
 * Cuts a stream of bytes into frames, wherever it was cut on the way. Memory grows with bytes that came, never by what a length field says.
 *
 *   while there is something to read: put bytes into `space()`, say how many with `filled`, then take frames with `next` until it says false.
 */
export class DerpReader {
  /** Of the frame that next() found; valid until space() is asked for again. */
  type = 0;
  /** Where its payload lies in `bytes`. */
  offset = 0;
  length = 0;
  readonly #limitOf: (type: number) => number;
  readonly #wants: (type: number) => boolean;
  #bytes: Bytes;
  /** Bytes from #start to #end came and were not taken yet. */
  #start = 0;
  #end = 0;
  /** Bytes still to be passed over. */
  #skip = 0;
  #refused = false;

  constructor({ limitOf = derpPayloadLimit, wants = () => true, room = ROOM }: DerpReaderOptions = {}) {
    this.#bytes = new Uint8Array(room);
    this.#limitOf = limitOf;
    this.#wants = wants;
  }

  get bytes(): Bytes {
    return this.#bytes;
  }

  /** A frame was larger than its type allows: nothing is read any more. */
  get refused(): boolean {
    return this.#refused;
  }

  /** Bytes that came behind the frame that next() found. */
  get behind(): number {
    return this.#end - this.#start;
  }

  /** What memory it holds. */
  get capacity(): number {
    return this.#bytes.length;
  }

  /** Where the next bytes of the stream belong; never empty. */
  space(): Bytes {
    if (this.#start > 0) this.#compact();
    if (this.#end === this.#bytes.length) this.#grow();
    return this.#bytes.subarray(this.#end);
  }

  /** So many bytes were put into space(). */
  filled(count: number): void {
    this.#end += count;
  }

  /** True: the next frame is in type, bytes, offset and length. False: more bytes are needed, or it is over. */
  next(): boolean {
    while (!this.#refused && this.#passOver() && this.#end - this.#start >= DERP_HEADER) {
      this.type = this.#bytes[this.#start]!;
      this.length = derpFrameLength(this.#bytes, this.#start);
      this.#refused = this.length > this.#limitOf(this.type);
      if (this.#refused) return false;
      if (!this.#wants(this.type)) this.#skip = DERP_HEADER + this.length;
      else return this.#take();
    }
    return false;
  }

  /** A copy of the payload of the frame that next() found. */
  payload(): Bytes {
    return this.#bytes.slice(this.offset, this.offset + this.length);
  }

  #take(): boolean {
    this.offset = this.#start + DERP_HEADER;
    if (this.#end < this.offset + this.length) return false;
    this.#start = this.offset + this.length;
    return true;
  }

  /** True when nothing is left to be passed over. */
  #passOver(): boolean {
    const passed = Math.min(this.#skip, this.#end - this.#start);
    this.#skip -= passed;
    this.#start += passed;
    return this.#skip === 0;
  }

  #compact(): void {
    this.#bytes.copyWithin(0, this.#start, this.#end);
    this.#end -= this.#start;
    this.#start = 0;
  }

  /** Only a frame that is larger than all bytes so far gets here. */
  #grow(): void {
    const larger = new Uint8Array(this.#bytes.length * 2);
    larger.set(this.#bytes);
    this.#bytes = larger;
  }
}
