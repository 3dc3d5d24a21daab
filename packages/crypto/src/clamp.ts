import type { Bytes } from './contract.js';
import { requireLength } from './errors.js';

/** A clamped copy (RFC 7748 section 5): a multiple of eight with bit 254 set. */
export function clamped(privateKey: Bytes): Bytes {
  requireLength('an X25519 private key', privateKey, 32);
  const scalar = privateKey.slice();
  scalar[0] = scalar[0]! & 0xf8;
  scalar[31] = (scalar[31]! & 0x7f) | 0x40;
  return scalar;
}
