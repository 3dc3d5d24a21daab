import type { Bytes, Crypto } from '@heddle/crypto';
import { COOKIE_REPLY } from '@heddle/wire';
import { cookieKey, mac1Key, mac1Of, writeMac1, writeMac2 } from './message-macs.js';
import { COOKIE_REFRESH } from './protocol-times.js';

/** The asking side of cookies, for one peer: signs handshake messages and keeps what the peer has replied to them. */
export class CookieJar {
  readonly #crypto: Crypto;
  readonly #peerKey: Bytes;
  /** Made when first needed: of many peers, few are spoken to. */
  #mac1Key: Bytes | undefined;
  #cookie: Bytes | undefined;
  #cookieAt = 0;
  /** Of the last message that no cookie has answered yet. */
  #lastMac1: Bytes | undefined;

  constructor(crypto: Crypto, peerKey: Bytes) {
    this.#crypto = crypto;
    this.#peerKey = peerKey;
  }

  /** Writes both macs; mac2 stays zero unless a fresh cookie is there, because some peers refuse what they did not ask for. */
  sign(now: number, message: Bytes): void {
    const { blake2s } = this.#crypto;
    this.#mac1Key ??= mac1Key(blake2s, this.#peerKey);
    writeMac1(blake2s, this.#mac1Key, message);
    this.#lastMac1 = mac1Of(message).slice();
    if (this.#cookie !== undefined && now - this.#cookieAt < COOKIE_REFRESH) writeMac2(blake2s, this.#cookie, message);
  }

  /** False when the reply does not belong to our last message, or is the second one to it. The next retry has the cookie. */
  accept(now: number, reply: Bytes): boolean {
    if (this.#lastMac1 === undefined) return false;
    const nonce = reply.subarray(COOKIE_REPLY.NONCE, COOKIE_REPLY.COOKIE);
    const sealed = reply.subarray(COOKIE_REPLY.COOKIE, COOKIE_REPLY.SIZE);
    const key = cookieKey(this.#crypto.blake2s, this.#peerKey);
    const cookie = this.#crypto.xchacha20poly1305.open(key, nonce, sealed, this.#lastMac1);
    if (cookie === undefined) return false;
    this.#cookie = cookie;
    this.#cookieAt = now;
    this.#lastMac1 = undefined;
    return true;
  }
}
