import type { PresharedKey, PrivateKey, PublicKey } from '@heddle/crypto';
import { parseNumericEndpoint } from './endpoint.js';
import { canonicalPrefix } from './interface-address.js';
import { presharedKeyFrom, privateKeyFrom, publicKeyFrom } from './key-input.js';

/** The errno values of the answers; negative, as `wg` wants them for a set. */
export const ERRNO = {
  /** EINVAL: an unknown key or a bad value. */
  invalid: -22,
  /** EPROTO: a line without "=". */
  protocol: -71,
  /** EADDRINUSE: the port is taken. */
  portInUse: -98,
  /** EIO. */
  io: -5,
  /** ENOBUFS: more than fits. */
  tooMuch: -55,
} as const;

const HEX_KEY = /^[0-9a-fA-F]{64}$/;

/** Decimal digits up to `max`. */
export function uapiNumber(text: string, max: number): number | undefined {
  if (!/^[0-9]{1,10}$/.test(text)) return undefined;
  const value = Number(text);
  return value <= max ? value : undefined;
}

/** null for zeros, which take the key away. */
export function uapiPrivateKey(text: string): PrivateKey<'node'> | null | undefined {
  return HEX_KEY.test(text) ? privateKeyFrom(text) : undefined;
}

/** null for zeros, which take the key away. */
export function uapiPresharedKey(text: string): PresharedKey | null | undefined {
  return HEX_KEY.test(text) ? presharedKeyFrom(text) : undefined;
}

export function uapiPublicKey(text: string): PublicKey<'node'> | undefined {
  return HEX_KEY.test(text) ? publicKeyFrom(text) : undefined;
}

/** `ip:port` with numbers only, as the text of a UDP remote. */
export function uapiEndpoint(text: string): string | undefined {
  return parseNumericEndpoint(text, 0);
}

/** A prefix with its slash. */
export function uapiPrefix(text: string): string | undefined {
  return text.includes('/') ? canonicalPrefix(text) : undefined;
}
