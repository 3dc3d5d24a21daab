import { CipherPackets, type PacketCipher } from './cipher-packets.js';
import type { Aead, Bytes, CryptoProvider, HashName, Mac, Primitives } from './contract.js';
import { requireLength } from './errors.js';
import { requireHkdf } from './hash-lengths.js';
import { expand } from './hkdf-expand.js';
import { findNodeCrypto, type NodeCrypto, plainBytes } from './node-crypto.js';
import { NodeX25519 } from './node-x25519.js';
import { TAG } from './packet-table.js';

const KEY = 32;
const NONCE = 12;
const CIPHER = 'chacha20-poly1305';
const TAG_OPTION = { authTagLength: TAG } as const;

/**
 * Node's own OpenSSL. It has neither XChaCha20, XSalsa20 nor keyed BLAKE2s, so those are not offered.
 * Nothing at all is offered where there is no node:crypto.
 */
export const nodeProvider: CryptoProvider = {
  name: 'node',
  create(): Partial<Primitives> {
    const node = findNodeCrypto();
    if (node === undefined) return {};
    const cipher = nodeCipher(node);
    return { x25519: new NodeX25519(node), mac: nodeMac(node), chacha20poly1305: nodeAead(node), packets: new CipherPackets(cipher) };
  },
};

function nodeAead(node: NodeCrypto): Aead {
  return {
    seal(key, nonce, plaintext, additional) {
      requireAead(key, nonce);
      const sealed = new Uint8Array(plaintext.length + TAG);
      sealInto(node, key, nonce, plaintext, additional, sealed, 0);
      return sealed;
    },
    open(key, nonce, sealed, additional) {
      requireAead(key, nonce);
      if (sealed.length < TAG) return undefined;
      const plaintext = new Uint8Array(sealed.length - TAG);
      return openInto(node, key, nonce, sealed, additional, plaintext, 0) ? plaintext : undefined;
    },
  };
}

function requireAead(key: Bytes, nonce: Bytes): void {
  requireLength('an AEAD key', key, KEY);
  requireLength('an AEAD nonce', nonce, NONCE);
}

function nodeCipher(node: NodeCrypto): PacketCipher {
  return {
    seal: (key, nonce, slab, at, length) => sealInto(node, key, nonce, slab.subarray(at, at + length), undefined, slab, at),
    open: (key, nonce, slab, at, length) => openInto(node, key, nonce, slab.subarray(at, at + length + TAG), undefined, slab, at),
  };
}

/** Encrypts into target[at ..), which may be the memory of the plaintext. */
function sealInto(
  node: NodeCrypto,
  key: Bytes,
  nonce: Bytes,
  plaintext: Bytes,
  additional: Bytes | undefined,
  target: Bytes,
  at: number,
): void {
  const cipher = node.createCipheriv(CIPHER, key, nonce, TAG_OPTION);
  if (additional !== undefined) cipher.setAAD(additional, { plaintextLength: plaintext.length });
  target.set(cipher.update(plaintext), at);
  cipher.final();
  target.set(cipher.getAuthTag(), at + plaintext.length);
}

/** Decrypts into target[at ..), which may be the memory of the ciphertext; target is untouched when the tag is wrong. */
function openInto(
  node: NodeCrypto,
  key: Bytes,
  nonce: Bytes,
  sealed: Bytes,
  additional: Bytes | undefined,
  target: Bytes,
  at: number,
): boolean {
  const length = sealed.length - TAG;
  const decipher = node.createDecipheriv(CIPHER, key, nonce, TAG_OPTION);
  if (additional !== undefined) decipher.setAAD(additional, { plaintextLength: length });
  decipher.setAuthTag(sealed.subarray(length));
  const plaintext = decipher.update(sealed.subarray(0, length));
  if (!isAuthentic(decipher)) return false;
  target.set(plaintext, at);
  return true;
}

function isAuthentic(decipher: { final(): unknown }): boolean {
  try {
    decipher.final();
    return true;
  } catch {
    return false;
  }
}

const HASHES: Record<HashName, string> = { blake2s: 'blake2s256', sha256: 'sha256' };

function nodeMac(node: NodeCrypto): Mac {
  const hmac = (hash: HashName, key: Bytes, message: Bytes): Bytes =>
    plainBytes(node.createHmac(HASHES[hash], key).update(message).digest());
  return {
    hmac,
    hkdf(hash, input, salt, info, length) {
      requireHkdf(length);
      return expand((key, message) => hmac(hash, key, message), hmac(hash, salt, input), info, length);
    },
  };
}
