import type { Bytes } from './contract.js';
import { requireRange } from './errors.js';

/** Both hashes of the contract have digests of 32 bytes. */
export const DIGEST = 32;

/** RFC 7693: digest 1 to 32 bytes, key 1 to 32 bytes when there is one. An empty key is refused: it would silently authenticate nothing. */
export function requireBlake2s(length: number, key: Bytes | undefined): void {
  requireRange('a BLAKE2s digest length', length, 1, DIGEST);
  if (key !== undefined) requireRange('the length of a BLAKE2s key', key.length, 1, 32);
}

/** RFC 5869 section 2.3: at most 255 blocks. */
export function requireHkdf(length: number): void {
  requireRange('an HKDF length', length, 0, 255 * DIGEST);
}
