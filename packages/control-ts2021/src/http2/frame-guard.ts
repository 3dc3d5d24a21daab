import type { Bytes } from '@heddle/core';

/*
 * Watches the frames that a server sends inside the channel (RFC 9113 section 4.1):
 *
 *   0        3      4       5            9
 *   | length | type | flags | stream id | payload ...
 *
 * Only what costs this side without telling it anything is counted: everything but DATA. A server of a tailnet sends a handful a minute.
 */

const HEADER = 9;
const DATA = 0;
const HEADERS = 1;
const CONTINUATION = 9;
/** The largest that is allowed without a setting of ours, which we do not send. */
const LARGEST_FRAME = 16_384;
/** Bytes of one header block, compressed. */
const LARGEST_BLOCK = 32 * 1024;
/** So many frames at once, and then so many a second. */
const BURST = 500;
const PER_SECOND = 50;

export type FrameAbuse = 'oversize' | 'flood' | 'header-block';

/** Tells when a server floods the HTTP/2 connection with frames other than DATA. */
export class FrameGuard {
  readonly #header: Bytes = new Uint8Array(HEADER);
  #headerFill = 0;
  /** Of the payload that is passing. */
  #left = 0;
  #block = 0;
  #tokens = BURST;
  #at: number | undefined;

  /** Looks at the next bytes of the connection; undefined while they are in order. */
  see(bytes: Bytes, now: number): FrameAbuse | undefined {
    this.#refill(now);
    for (let at = 0; at < bytes.length; ) {
      const skipped = Math.min(this.#left, bytes.length - at);
      this.#left -= skipped;
      at += skipped;
      at += this.#readHeader(bytes, at);
      if (this.#headerFill < HEADER) continue;
      this.#headerFill = 0;
      const abuse = this.#judge();
      if (abuse !== undefined) return abuse;
    }
    return undefined;
  }

  #readHeader(bytes: Bytes, at: number): number {
    const piece = bytes.subarray(at, at + HEADER - this.#headerFill);
    this.#header.set(piece, this.#headerFill);
    this.#headerFill += piece.length;
    return piece.length;
  }

  #judge(): FrameAbuse | undefined {
    const length = (this.#header[0]! << 16) | (this.#header[1]! << 8) | this.#header[2]!;
    const type = this.#header[3]!;
    if (length > LARGEST_FRAME) return 'oversize';
    this.#left = length;
    if (type === HEADERS) this.#block = 0;
    if (type === HEADERS || type === CONTINUATION) this.#block += length;
    if (this.#block > LARGEST_BLOCK) return 'header-block';
    if (type === DATA && length > 0) return undefined;
    this.#tokens -= 1;
    return this.#tokens < 0 ? 'flood' : undefined;
  }

  #refill(now: number): void {
    const passed = now - (this.#at ?? now);
    this.#at = now;
    this.#tokens = Math.min(BURST, this.#tokens + (passed / 1_000) * PER_SECOND);
  }
}
