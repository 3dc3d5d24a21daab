import type { Bytes, Crypto, X25519Key } from '@heddle/crypto';
import type { StampKeeper } from './contract.js';
import { CookieChecker } from './cookie-checker.js';
import { Tai64nClock } from './tai64n.js';

/** All that hangs on our private key. */
export interface Identity {
  readonly key: X25519Key;
  readonly checker: CookieChecker;
  readonly timestamps: Tai64nClock;
}

/** The private key is copied: the caller may wipe its own. */
export function createIdentity(crypto: Crypto, random: (into: Bytes) => void, privateKey: Bytes, stamps?: StampKeeper): Identity {
  const key = crypto.x25519.load(privateKey);
  return { key, checker: new CookieChecker(crypto, random, key.publicKey), timestamps: new Tai64nClock(stamps) };
}
