import { PresharedKey, PrivateKey, PublicKey } from '@heddle/crypto';

const BASE64_LENGTH = 44;
const HEX_LENGTH = 64;
const ZERO_HEX: string = '0'.repeat(HEX_LENGTH);
const ZERO_BASE64 = `${'A'.repeat(BASE64_LENGTH - 1)}=`;

/** What every one of the three messages ends with. */
export const KEY_FORMS = '44 characters of base64, 64 hexadecimal digits, or a key object of @heddle/crypto';

/** A public key from any of its texts, or from a key object of whatever copy of the package; undefined for anything else. */
export function publicKeyFrom(value: unknown): PublicKey<'node'> | undefined {
  return attempt(() => {
    if (typeof value !== 'string') return hasMethod(value, 'toHex') ? PublicKey.fromHex('node', value.toHex()) : undefined;
    if (value.startsWith('nodekey:')) return PublicKey.parse('node', value);
    return value.length === HEX_LENGTH ? PublicKey.fromHex('node', value) : PublicKey.fromBase64('node', value);
  });
}

/** A private key; null for zeros, which WireGuard's texts use for "none". */
export function privateKeyFrom(value: unknown): PrivateKey<'node'> | null | undefined {
  if (value === null || isZero(value)) return null;
  return attempt(() => {
    if (typeof value !== 'string') return hasMethod(value, 'revealHex') ? PrivateKey.fromHex('node', value.revealHex()) : undefined;
    if (value.startsWith('privkey:')) return PrivateKey.parse('node', value);
    return value.length === HEX_LENGTH ? PrivateKey.fromHex('node', value) : PrivateKey.fromBase64('node', value);
  });
}

/** A preshared key; null for zeros. */
export function presharedKeyFrom(value: unknown): PresharedKey | null | undefined {
  if (isZero(value)) return null;
  return attempt(() => {
    const text = hasMethod(value, 'revealHex') ? value.revealHex() : value;
    if (typeof text !== 'string') return undefined;
    const key = text.length === HEX_LENGTH ? PresharedKey.fromHex(text) : PresharedKey.fromBase64(text);
    return key.revealHex() === ZERO_HEX ? null : key;
  });
}

function isZero(value: unknown): boolean {
  return value === ZERO_HEX || value === ZERO_BASE64;
}

function hasMethod<Name extends string>(value: unknown, name: Name): value is Readonly<Record<Name, () => string>> {
  return typeof value === 'object' && value !== null && typeof (value as Record<string, unknown>)[name] === 'function';
}

/** The constructors refuse by throwing; here the caller knows better where the mistake is. */
function attempt<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
