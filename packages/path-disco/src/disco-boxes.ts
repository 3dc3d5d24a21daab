import type { Crypto, X25519Key } from '@heddle/crypto';
import { type Bytes, type DiscoMessage, type DiscoPacket, decodeDiscoMessage, encodeDiscoMessage, encodeDiscoPacket } from '@heddle/wire';
import { SECRETS_MAX } from './probing/constants.js';
import { keyOf } from './probing/ping-book.js';

const NONCE = 24;

/** Seals and opens disco messages with one private key. The secret shared with each peer is computed once and kept while it is used. */
export class DiscoBoxes {
  readonly #crypto: Crypto;
  readonly #key: X25519Key;
  readonly #random: (into: Bytes) => void;
  readonly #secrets = new Map<string, Bytes>();

  constructor(crypto: Crypto, privateKey: Bytes, random: (into: Bytes) => void) {
    this.#crypto = crypto;
    this.#key = crypto.x25519.load(privateKey);
    this.#random = random;
  }

  /** The public key of this node. */
  get publicKey(): Bytes {
    return this.#key.publicKey;
  }

  /** The datagram for a peer; undefined for a key with which no secret can be shared. */
  seal(message: DiscoMessage, to: Bytes): Bytes | undefined {
    const secret = this.#secret(to);
    if (secret === undefined) return undefined;
    const nonce = new Uint8Array(NONCE);
    this.#random(nonce);
    const box = this.#crypto.nacl.seal(secret, nonce, encodeDiscoMessage(message));
    return encodeDiscoPacket({ sender: this.publicKey, nonce, box });
  }

  /** `forged` when the box was not made by its sender for this node; undefined for a message of an unknown kind. */
  open({ sender, nonce, box }: DiscoPacket): DiscoMessage | 'forged' | undefined {
    const secret = this.#secret(sender);
    const message = secret && this.#crypto.nacl.open(secret, nonce, box);
    return message === undefined ? 'forged' : decodeDiscoMessage(message);
  }

  /** The longest unused goes when there are too many. */
  #secret(publicKey: Bytes): Bytes | undefined {
    const key = keyOf(publicKey);
    const secret = this.#secrets.get(key) ?? this.#crypto.nacl.sharedKey(this.#key, publicKey);
    this.#secrets.delete(key);
    if (secret !== undefined) this.#secrets.set(key, secret);
    if (this.#secrets.size > SECRETS_MAX) this.#secrets.delete(this.#secrets.keys().next().value!);
    return secret;
  }
}
