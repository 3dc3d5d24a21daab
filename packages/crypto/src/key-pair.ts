import type { Bytes, X25519 } from './contract.js';
import type { KeyKind } from './key-kind.js';
import { PrivateKey } from './private-key.js';
import { PublicKey } from './public-key.js';

/** Both halves of one identity. */
export interface KeyPair<Kind extends KeyKind = KeyKind> {
  readonly privateKey: PrivateKey<Kind>;
  readonly publicKey: PublicKey<Kind>;
}

/** A new identity from 32 bytes of `random`, which must be a source fit for keys. */
export function generateKeyPair<Kind extends KeyKind>(kind: Kind, x25519: X25519, random: (into: Bytes) => void): KeyPair<Kind> {
  const seed = new Uint8Array(32);
  random(seed);
  const privateKey = PrivateKey.fromBytes(kind, seed);
  seed.fill(0);
  return keyPairOf(privateKey, x25519);
}

/** The pair that a private key belongs to. */
export function keyPairOf<Kind extends KeyKind>(privateKey: PrivateKey<Kind>, x25519: X25519): KeyPair<Kind> {
  const bytes = privateKey.reveal();
  const publicKey = PublicKey.fromBytes(privateKey.kind, x25519.load(bytes).publicKey);
  bytes.fill(0);
  return { privateKey, publicKey };
}
