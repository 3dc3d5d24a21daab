import { chacha20poly1305, xchacha20poly1305 } from '@noble/ciphers/chacha.js';
import { hsalsa, xsalsa20poly1305 } from '@noble/ciphers/salsa.js';
import { u32, utf8ToBytes } from '@noble/ciphers/utils.js';
import { x25519 } from '@noble/curves/ed25519.js';
import { blake2s } from '@noble/hashes/blake2.js';
import { hkdf } from '@noble/hashes/hkdf.js';
import { hmac } from '@noble/hashes/hmac.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { CipherPackets, type PacketCipher } from './cipher-packets.js';
import type { Aead, Blake2s, Bytes, CryptoProvider, HashName, Mac, Nacl, Primitives } from './contract.js';
import { requireLength } from './errors.js';
import { requireBlake2s, requireHkdf } from './hash-lengths.js';
import { TAG } from './packet-table.js';
import { x25519Over } from './x25519-key.js';

const KEY = 32;
const XNONCE = 24;

/** The reference: every primitive in plain JavaScript, wherever JavaScript runs. */
export const nobleProvider: CryptoProvider = { name: 'noble', create: createPrimitives };

function createPrimitives(): Primitives {
  return {
    x25519: nobleX25519,
    chacha20poly1305: aead(chacha20poly1305, 12),
    xchacha20poly1305: aead(xchacha20poly1305, XNONCE),
    packets: new CipherPackets(packetCipher),
    blake2s: nobleBlake2s,
    mac: nobleMac,
    nacl: nobleNacl,
  };
}

/** The base point 9. Noble's own shortcut for it builds a table first, which would block the program for 25 ms. */
const BASE_POINT = new Uint8Array(KEY).fill(9, 0, 1);

const nobleX25519 = x25519Over(
  (scalar, point) => orUndefined(() => x25519.getSharedSecret(scalar, point)),
  (scalar) => x25519.getSharedSecret(scalar, BASE_POINT),
);

/** Noble throws for what a stranger sent (a low-order key, a bad tag, too few bytes for one). Lengths, which the caller answers for, are checked before. */
function orUndefined(compute: () => Bytes): Bytes | undefined {
  try {
    return compute();
  } catch {
    return undefined;
  }
}

function aead(cipher: typeof chacha20poly1305, nonceLength: number): Aead {
  const using = (key: Bytes, nonce: Bytes, additional: Bytes | undefined) => {
    requireLength('an AEAD key', key, KEY);
    requireLength('an AEAD nonce', nonce, nonceLength);
    return cipher(key, nonce, additional);
  };
  return {
    seal: (key, nonce, plaintext, additional) => using(key, nonce, additional).encrypt(plaintext),
    open(key, nonce, sealed, additional) {
      const opener = using(key, nonce, additional);
      return orUndefined(() => opener.decrypt(sealed));
    },
  };
}

const packetCipher: PacketCipher = {
  seal(key, nonce, slab, at, length) {
    chacha20poly1305(key, nonce).encrypt(slab.subarray(at, at + length), slab.subarray(at, at + length + TAG));
  },
  open(key, nonce, slab, at, length) {
    try {
      chacha20poly1305(key, nonce).decrypt(slab.subarray(at, at + length + TAG), slab.subarray(at, at + length));
      return true;
    } catch {
      return false;
    }
  },
};

const nobleBlake2s: Blake2s = {
  digest(message, length = 32, key) {
    requireBlake2s(length, key);
    return blake2s(message, key === undefined ? { dkLen: length } : { dkLen: length, key });
  },
};

const hashes: Record<HashName, typeof blake2s | typeof sha256> = { blake2s, sha256 };

const nobleMac: Mac = {
  hmac: (hash, key, message) => hmac(hashes[hash], key, message),
  hkdf(hash, input, salt, info, length) {
    requireHkdf(length);
    return hkdf(hashes[hash], input, salt, info, length);
  },
};

const SIGMA = u32(utf8ToBytes('expand 32-byte k'));

/** crypto_box_beforenm's second half: HSalsa20 of the shared secret over sixteen zero bytes. */
function boxKey(secret: Bytes): Bytes {
  const key = new Uint8Array(KEY);
  hsalsa(SIGMA, u32(secret.slice()), new Uint32Array(4), u32(key));
  return key;
}

const nobleNacl: Nacl = {
  sharedKey(privateKey, publicKey) {
    const secret = privateKey.agree(publicKey);
    return secret && boxKey(secret);
  },
  seal: (sharedKey, nonce, plaintext) => secretbox(sharedKey, nonce).encrypt(plaintext),
  open(sharedKey, nonce, boxed) {
    const opener = secretbox(sharedKey, nonce);
    return orUndefined(() => opener.decrypt(boxed));
  },
};

function secretbox(key: Bytes, nonce: Bytes): ReturnType<typeof xsalsa20poly1305> {
  requireLength('a box key', key, KEY);
  requireLength('a box nonce', nonce, XNONCE);
  return xsalsa20poly1305(key, nonce);
}
