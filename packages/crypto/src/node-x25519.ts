import { clamped } from './clamp.js';
import { isAllZero } from './constant-time.js';
import type { Bytes, X25519, X25519Key } from './contract.js';
import { requireLength } from './errors.js';
import { base64FromBytes, bytesFromBase64 } from './key-text.js';
import { type NodeCrypto, plainBytes } from './node-crypto.js';
import { RecentKeys } from './recent-keys.js';

type KeyObject = ReturnType<NodeCrypto['createPublicKey']>;

const KEY = 32;
/** Imported public keys that are kept: a handshake uses the same one two or three times, and an import costs a quarter of an agreement. */
const KEPT_PUBLIC_KEYS = 64;
/** Stands where an import asks for a public key that OpenSSL computes itself. */
const SOME_KEY = base64Url(new Uint8Array(KEY).fill(9, 0, 1));

/** X25519 on node:crypto, with keys kept as KeyObjects. */
export class NodeX25519 implements X25519 {
  readonly #node: NodeCrypto;
  readonly #publicKeys: RecentKeys<KeyObject>;

  constructor(node: NodeCrypto) {
    this.#node = node;
    this.#publicKeys = new RecentKeys(KEPT_PUBLIC_KEYS, (bytes) => importPublicKey(node, bytes));
  }

  load(privateKey: Bytes): X25519Key {
    return new NodeX25519Key(this.#node, importPrivateKey(this.#node, clamped(privateKey)), this.#publicKeys);
  }
}

class NodeX25519Key implements X25519Key {
  readonly publicKey: Bytes;
  readonly #node: NodeCrypto;
  readonly #privateKey: KeyObject;
  readonly #publicKeys: RecentKeys<KeyObject>;

  constructor(node: NodeCrypto, privateKey: KeyObject, publicKeys: RecentKeys<KeyObject>) {
    this.#node = node;
    this.#privateKey = privateKey;
    this.#publicKeys = publicKeys;
    this.publicKey = publicHalf(node, privateKey);
  }

  agree(publicKey: Bytes): Bytes | undefined {
    requireLength('an X25519 public key', publicKey, KEY);
    try {
      const secret = this.#node.diffieHellman({ privateKey: this.#privateKey, publicKey: this.#publicKeys.of(publicKey) });
      return isAllZero(secret) ? undefined : plainBytes(secret);
    } catch {
      // OpenSSL refuses to derive an all-zero secret; with keys of the right length it fails for nothing else.
      return undefined;
    }
  }
}

// JWK and not DER: the same import through OpenSSL's DER decoder costs ten times as much (370 µs for a private key, 110 µs for a public one).

function importPublicKey(node: NodeCrypto, bytes: Bytes): KeyObject {
  return node.createPublicKey({ key: { kty: 'OKP', crv: 'X25519', x: base64Url(bytes) }, format: 'jwk' });
}

/** OpenSSL computes the public half itself; `x` must only be there. */
function importPrivateKey(node: NodeCrypto, scalar: Bytes): KeyObject {
  const key = { kty: 'OKP', crv: 'X25519', d: base64Url(scalar), x: SOME_KEY };
  scalar.fill(0);
  return node.createPrivateKey({ key, format: 'jwk' });
}

/** OpenSSL has it already; agreeing with the base point would compute it again, ten times as long. The private half is not exported along. */
function publicHalf(node: NodeCrypto, privateKey: KeyObject): Bytes {
  const { x } = node.createPublicKey(privateKey).export({ format: 'jwk' });
  return bytesFromBase64(`${x!.replaceAll('-', '+').replaceAll('_', '/')}=`, KEY)!;
}

function base64Url(bytes: Bytes): string {
  return base64FromBytes(bytes).replaceAll('+', '-').replaceAll('/', '_').replace('=', '');
}
