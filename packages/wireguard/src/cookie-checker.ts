import type { Bytes, Crypto } from '@heddle/crypto';
import { COOKIE_REPLY, senderIndex, writeCookieReplyHeader } from '@heddle/wire';
import { cookieKey, hasMac2, mac1Key, mac1Of, mac1Valid, mac2Valid } from './message-macs.js';
import { COOKIE_REFRESH } from './protocol-times.js';

const COOKIE = 16;
const SECRET = 32;

/** The answering side of mac1, mac2 and cookies: cheap proofs that must hold before any key agreement. */
export class CookieChecker {
  readonly #crypto: Crypto;
  readonly #random: (into: Bytes) => void;
  readonly #mac1Key: Bytes;
  readonly #cookieKey: Bytes;
  readonly #secret: Bytes = new Uint8Array(SECRET);
  #secretAt = Number.NEGATIVE_INFINITY;
  /** The last cookie, because a flood often has one source; by the object, which is one for each place. */
  #last: { readonly source: Bytes; readonly cookie: Bytes } | undefined;

  constructor(crypto: Crypto, random: (into: Bytes) => void, ownKey: Bytes) {
    this.#crypto = crypto;
    this.#random = random;
    this.#mac1Key = mac1Key(crypto.blake2s, ownKey);
    this.#cookieKey = cookieKey(crypto.blake2s, ownKey);
  }

  /** The sender knows our public key. */
  mac1Valid(message: Bytes): boolean {
    return mac1Valid(this.#crypto.blake2s, this.#mac1Key, message);
  }

  /** The sender has received what we sent to this source in the last two minutes. */
  mac2Valid(now: number, message: Bytes, source: Bytes): boolean {
    if (now - this.#secretAt >= COOKIE_REFRESH || !hasMac2(message)) return false;
    return mac2Valid(this.#crypto.blake2s, this.#cookieFor(source), message);
  }

  /** The answer to a message without a valid mac2. It is shorter than any message that it answers. */
  reply(now: number, message: Bytes, source: Bytes): Bytes {
    this.#refresh(now);
    const reply = new Uint8Array(COOKIE_REPLY.SIZE);
    writeCookieReplyHeader(reply, 0, senderIndex(message, 0));
    const nonce = reply.subarray(COOKIE_REPLY.NONCE, COOKIE_REPLY.COOKIE);
    this.#random(nonce);
    const aead = this.#crypto.xchacha20poly1305;
    reply.set(aead.seal(this.#cookieKey, nonce, this.#cookieFor(source), mac1Of(message)), COOKIE_REPLY.COOKIE);
    return reply;
  }

  #refresh(now: number): void {
    if (now - this.#secretAt < COOKIE_REFRESH) return;
    this.#random(this.#secret);
    this.#secretAt = now;
    this.#last = undefined;
  }

  #cookieFor(source: Bytes): Bytes {
    if (this.#last?.source !== source) this.#last = { source, cookie: this.#crypto.blake2s.digest(source, COOKIE, this.#secret) };
    return this.#last.cookie;
  }
}
