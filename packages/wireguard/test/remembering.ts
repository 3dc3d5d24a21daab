import type { Bytes, X25519 } from '@heddle/crypto';

/** The same agreements, each computed once: simulations of one seed repeat all of theirs, and one on pure JavaScript takes up to a millisecond. */
export function remembering(x25519: X25519): X25519 {
  const publicKeys = new Map<string, Bytes>();
  const secrets = new Map<string, Bytes | undefined>();
  return {
    load: (privateKey) => {
      const key = x25519.load(privateKey);
      const own = privateKey.join();
      return {
        get publicKey() {
          if (!publicKeys.has(own)) publicKeys.set(own, key.publicKey);
          return publicKeys.get(own)!.slice();
        },
        agree: (publicKey) => {
          const both = `${own}/${publicKey.join()}`;
          if (!secrets.has(both)) secrets.set(both, key.agree(publicKey)?.slice());
          return secrets.get(both)?.slice();
        },
      };
    },
  };
}
