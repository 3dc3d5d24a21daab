import type { Bytes, Crypto, X25519Key } from '@heddle/crypto';

/** Agreements whose other end has not asked yet; those of a lost message are dropped, oldest first. */
const KEPT = 32_768;

/**
 * For many nodes in one process: what the one end of an agreement has computed, the other end is given. Two ends compute the same from the same
 * two keys; who has another key names another pair, and computes.
 */
export function sharedAgreements(crypto: Crypto): Crypto {
  const secrets = new Map<string, Bytes>();
  const share = (pair: string, secret: Bytes): void => {
    secrets.set(pair, secret);
    if (secrets.size > KEPT) secrets.delete(secrets.keys().next().value!);
  };
  const agree = (key: X25519Key, own: string, publicKey: Bytes): Bytes | undefined => {
    const other = nameOf(publicKey);
    const known = secrets.get(`${other}${own}`);
    if (known !== undefined) return secrets.delete(`${other}${own}`) ? known : undefined;
    const secret = key.agree(publicKey);
    if (secret !== undefined) share(`${own}${other}`, secret.slice());
    return secret;
  };
  const load = (privateKey: Bytes): X25519Key => {
    const key = crypto.x25519.load(privateKey);
    const own = nameOf(key.publicKey);
    return { publicKey: key.publicKey, agree: (publicKey) => agree(key, own, publicKey) };
  };
  return { ...crypto, x25519: { load } };
}

function nameOf(key: Bytes): string {
  return String.fromCharCode(...key);
}
