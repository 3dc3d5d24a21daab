import type { Bytes } from './contract.js';
import { DIGEST } from './hash-lengths.js';

/** RFC 5869 section 2.3, over any HMAC. Faster than Node's hkdfSync, which is made for one long call. */
export function expand(hmac: (key: Bytes, message: Bytes) => Bytes, extracted: Bytes, info: Bytes, length: number): Bytes {
  const blocks = Math.ceil(length / DIGEST);
  const output = new Uint8Array(blocks * DIGEST);
  const message = new Uint8Array(DIGEST + info.length + 1);
  message.set(info, DIGEST);
  for (let block = 1; block <= blocks; block++) {
    message[message.length - 1] = block;
    // The first block has nothing in front of info.
    const before = block === 1 ? message.subarray(DIGEST) : message;
    const digest = hmac(extracted, before);
    message.set(digest);
    output.set(digest, (block - 1) * DIGEST);
  }
  return output.slice(0, length);
}
