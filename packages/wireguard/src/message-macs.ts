import { type Blake2s, type Bytes, equalBytes } from '@heddle/crypto';

/*
 * The end of both handshake messages
 *
 *   ... | mac1 16 | mac2 16 |
 *
 *   mac1 = MAC16(HASH("mac1----" || receiver's static key), all before mac1)
 *   mac2 = MAC16(cookie, all before mac2), or zeros without a cookie
 */

const MAC = 16;

/** The key of mac1 in messages to the owner of this static key. */
export function mac1Key(blake2s: Blake2s, receiver: Bytes): Bytes {
  return labelled(blake2s, 'mac1----', receiver);
}

/** The key under which this node encrypts the cookies that it hands out. */
export function cookieKey(blake2s: Blake2s, replier: Bytes): Bytes {
  return labelled(blake2s, 'cookie--', replier);
}

function labelled(blake2s: Blake2s, label: string, publicKey: Bytes): Bytes {
  const input = new Uint8Array(label.length + publicKey.length);
  input.set(new TextEncoder().encode(label));
  input.set(publicKey, label.length);
  return blake2s.digest(input);
}

/** The mac1 field of a handshake message. */
export function mac1Of(message: Bytes): Bytes {
  return message.subarray(message.length - 2 * MAC, message.length - MAC);
}

/** False for the zeros of a sender that has no cookie. */
export function hasMac2(message: Bytes): boolean {
  return mac2Of(message).some((byte) => byte !== 0);
}

function mac2Of(message: Bytes): Bytes {
  return message.subarray(message.length - MAC);
}

export function writeMac1(blake2s: Blake2s, key: Bytes, message: Bytes): void {
  mac1Of(message).set(blake2s.digest(message.subarray(0, message.length - 2 * MAC), MAC, key));
}

export function writeMac2(blake2s: Blake2s, cookie: Bytes, message: Bytes): void {
  mac2Of(message).set(blake2s.digest(message.subarray(0, message.length - MAC), MAC, cookie));
}

export function mac1Valid(blake2s: Blake2s, key: Bytes, message: Bytes): boolean {
  return equalBytes(mac1Of(message), blake2s.digest(message.subarray(0, message.length - 2 * MAC), MAC, key));
}

export function mac2Valid(blake2s: Blake2s, cookie: Bytes, message: Bytes): boolean {
  return equalBytes(mac2Of(message), blake2s.digest(message.subarray(0, message.length - MAC), MAC, cookie));
}
