import { type Bytes, type Crypto, chooseCrypto } from '@heddle/crypto';
import type { SeededRandom } from '@heddle/testing';
import { COOKIE_REPLY, INITIATION, TRANSPORT } from '@heddle/wire';

/*
 * What somebody without a key of ours can make, from the protocol's text and not from our engine.
 *
 *   mac1 = MAC16(HASH("mac1----" || receiver's key), all before mac1)      anybody who knows the public key
 *   mac2 = MAC16(cookie, all before mac2)                                  anybody who received a cookie at this source
 */

const MAC1 = INITIATION.SIZE - 32;
const MAC2 = INITIATION.SIZE - 16;
const LARGEST = 1_500;

/** A stranger who knows the public key of the node and nothing else. */
export class Attacker {
  readonly #crypto: Crypto = chooseCrypto();
  readonly #random: SeededRandom;
  readonly #target: Bytes;

  constructor(target: Bytes, random: SeededRandom) {
    this.#target = target;
    this.#random = random;
  }

  bytes(length: number): Bytes {
    const bytes = new Uint8Array(length);
    this.#random.fill(bytes);
    return bytes;
  }

  /** Of any length, also none. */
  garbage(): Bytes {
    return this.bytes(this.#random.integer(LARGEST));
  }

  /** An initiation of random bytes. */
  badMac1(): Bytes {
    return typed(1, this.bytes(INITIATION.SIZE).fill(0, MAC2));
  }

  /** The same, which only key agreement can tell from a good one. */
  goodMac1(): Bytes {
    const message = this.badMac1();
    message.set(this.#mac(this.#labelled('mac1----'), message.subarray(0, MAC1)), MAC1);
    return message;
  }

  /** The same, with the proof that the source is true. */
  goodMac2(cookie: Bytes): Bytes {
    const message = this.goodMac1();
    message.set(this.#mac(cookie, message.subarray(0, MAC2)), MAC2);
    return message;
  }

  /** The cookie in a reply to this message. */
  cookieIn(reply: Bytes, message: Bytes): Bytes | undefined {
    const nonce = reply.subarray(COOKIE_REPLY.NONCE, COOKIE_REPLY.COOKIE);
    const sealed = reply.subarray(COOKIE_REPLY.COOKIE, COOKIE_REPLY.SIZE);
    return this.#crypto.xchacha20poly1305.open(this.#labelled('cookie--'), nonce, sealed, message.subarray(MAC1, MAC2));
  }

  /** A data message with a guessed receiver index. */
  guessedIndex(): Bytes {
    return typed(4, this.bytes(TRANSPORT.OVERHEAD + 96));
  }

  #mac(key: Bytes, text: Bytes): Bytes {
    return this.#crypto.blake2s.digest(text, 16, key);
  }

  #labelled(label: string): Bytes {
    return this.#crypto.blake2s.digest(Uint8Array.from([...new TextEncoder().encode(label), ...this.#target]));
  }
}

/** WireGuard reads the first four bytes as one number. */
function typed(type: number, message: Bytes): Bytes {
  message.set([type, 0, 0, 0]);
  return message;
}
