/** Slab memory may be shared or WASM memory; faces towards users copy. */
export type Bytes = Uint8Array<ArrayBufferLike>;

/** A run of packets in one slab: the unit of every operation on the data path. Packet i is slab[offsets[i] .. offsets[i] + lengths[i]). */
export interface PacketTable {
  readonly slab: Bytes;
  readonly offsets: Uint32Array;
  readonly lengths: Uint32Array;
  readonly count: number;
}

/** Key agreement with one private key that stays loaded. */
export interface X25519Key {
  readonly publicKey: Bytes;
  /** The shared secret, or undefined for a low-order public key (all-zero result). */
  agree(publicKey: Bytes): Bytes | undefined;
}
export interface X25519 {
  /** Clamps a copy of the private key; the caller may wipe its own. */
  load(privateKey: Bytes): X25519Key;
}

/** One-shot authenticated encryption, for handshakes and boxes. */
export interface Aead {
  seal(key: Bytes, nonce: Bytes, plaintext: Bytes, additional?: Bytes): Bytes;
  /** Undefined when the tag does not match; never throws on what a stranger sent. */
  open(key: Bytes, nonce: Bytes, sealed: Bytes, additional?: Bytes): Bytes | undefined;
  /** As `seal`, into memory of the caller, from `at` on; the plaintext may lie there. A provider without it has only `seal`. */
  sealInto?(key: Bytes, nonce: Bytes, plaintext: Bytes, into: Bytes, at: number): void;
  /** As `open`, into memory of the caller, from `at` on, which is untouched when it returns false. A provider without it has only `open`. */
  openInto?(key: Bytes, nonce: Bytes, sealed: Bytes, into: Bytes, at: number): boolean;
}

/**
 * ChaCha20-Poly1305 over batches, in place, with keys in slots.
 *
 *   ... | counter u64le | packet (offset, length) | tag 16 | ...
 *                       ^ offsets[i]
 *
 * The nonce is four zero bytes and the eight bytes directly in front of the packet, as in a WireGuard data message;
 * additional data is empty. Packets [from, to) of the table are worked on.
 */
export interface PacketAead {
  /** Memory that this provider works on without copying. Other memory is accepted too. */
  allocate(bytes: number): Bytes;
  /** Takes memory back that `allocate` gave; no view of it may be used afterwards. A provider without it leaves that to the collector. */
  free?(slab: Bytes): void;
  /** Loads a 32-byte key into a slot. Slots are small integers, reused after unload. */
  load(key: Bytes): number;
  /** Wipes the slot. */
  unload(slot: number): void;
  /** Encrypts in place and writes the tag behind: each length grows by 16. */
  seal(slot: number, table: PacketTable, from: number, to: number): void;
  /** Decrypts in place: good packets shrink by 16 and get good[i] = 1; bad ones are wiped, keep their length and get 0. Returns how many were good. */
  open(slot: number, table: PacketTable, from: number, to: number, good: Uint8Array): number;
}

export interface Blake2s {
  /** Unkeyed, or keyed with up to 32 bytes. length is the digest length, in the parameter block (not a truncation). */
  digest(message: Bytes, length?: number, key?: Bytes): Bytes;
}

export type HashName = 'blake2s' | 'sha256';
export interface Mac {
  hmac(hash: HashName, key: Bytes, message: Bytes): Bytes;
  /** RFC 5869. WireGuard's KDFn(ck, input) is hkdf('blake2s', input, ck, '', 32 * n). */
  hkdf(hash: HashName, input: Bytes, salt: Bytes, info: Bytes, length: number): Bytes;
}

/** NaCl: crypto_box and crypto_secretbox (XSalsa20-Poly1305), tag in front. */
export interface Nacl {
  /** crypto_box_beforenm: undefined for a low-order public key. */
  sharedKey(privateKey: X25519Key, publicKey: Bytes): Bytes | undefined;
  seal(sharedKey: Bytes, nonce: Bytes, plaintext: Bytes): Bytes;
  open(sharedKey: Bytes, nonce: Bytes, boxed: Bytes): Bytes | undefined;
}

/** What a provider can offer. Each primitive is chosen by itself. */
export interface Primitives {
  readonly x25519: X25519;
  readonly chacha20poly1305: Aead;
  readonly xchacha20poly1305: Aead;
  readonly packets: PacketAead;
  readonly blake2s: Blake2s;
  readonly mac: Mac;
  readonly nacl: Nacl;
}
export type PrimitiveName = keyof Primitives;

/** A set of implementations under one name. `create` returns nothing for what this machine cannot do. */
export interface CryptoProvider {
  readonly name: string;
  create(): Partial<Primitives>;
}

/** A provider that offered a primitive and was passed over. */
export interface Rejection {
  readonly provider: string;
  readonly primitive: PrimitiveName;
  readonly reason: string;
}

/** The chosen implementations, all of which passed their known-answer test. */
export interface Crypto extends Primitives {
  /** Which provider serves each primitive, for status. */
  readonly chosen: Readonly<Record<PrimitiveName, string>>;
  /** Who would have come first but failed, for status; empty on a healthy machine. */
  readonly rejected: readonly Rejection[];
}
