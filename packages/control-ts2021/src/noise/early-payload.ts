import type { Bytes } from '@heddle/core';

/*
 * What a server may say before its first HTTP/2 frame. As an HTTP/2 frame header the magic would be an impossible length.
 *
 *   0              5          9
 *   | ff ff ff T S | length BE | JSON ... |
 *
 * Nothing in it is needed, so it is counted and dropped.
 */

const MAGIC = [0xff, 0xff, 0xff, 0x54, 0x53];
const HEAD = 9;
/** Servers send about a hundred bytes. */
const LARGEST = 64 * 1024;

/** Takes the early payload out of a stream of plaintext, however it was cut. */
export class EarlyPayload {
  #head: Bytes = new Uint8Array(0);
  /** Bytes of the payload that are still to come; undefined while the head is not whole. */
  #left: number | undefined;

  /** What belongs to HTTP/2, maybe nothing yet; undefined when the payload is too long to be one. */
  pass(bytes: Bytes): Bytes | undefined {
    if (this.#left === undefined) return this.#readHead(bytes);
    const dropped = Math.min(this.#left, bytes.length);
    this.#left -= dropped;
    return bytes.subarray(dropped);
  }

  #readHead(bytes: Bytes): Bytes | undefined {
    const head = join(this.#head, bytes);
    this.#head = head;
    if (!MAGIC.every((byte, i) => i >= head.length || head[i] === byte)) return this.#giveBack(head);
    if (head.length < HEAD) return new Uint8Array(0);
    const length = new DataView(head.buffer, head.byteOffset).getUint32(MAGIC.length);
    if (length > LARGEST) return undefined;
    this.#left = length;
    this.#head = new Uint8Array(0);
    return this.pass(head.subarray(HEAD));
  }

  #giveBack(head: Bytes): Bytes {
    this.#left = 0;
    this.#head = new Uint8Array(0);
    return head;
  }
}

function join(a: Bytes, b: Bytes): Bytes {
  const both = new Uint8Array(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  return both;
}
