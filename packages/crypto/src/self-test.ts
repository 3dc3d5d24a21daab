import { equalBytes } from './constant-time.js';
import type { Aead, Bytes, PacketAead, PrimitiveName, Primitives, X25519, X25519Key } from './contract.js';
import { bytesFromHex, hexFromBytes } from './key-text.js';
import { TAG } from './packet-table.js';

/** Why an implementation must not be used: the known answer that it got wrong. Undefined when it passes. Takes a few operations, no more. */
export function selfTest<Name extends PrimitiveName>(name: Name, implementation: Primitives[Name]): string | undefined {
  try {
    return tests[name](implementation);
  } catch (error) {
    return `self-test threw: ${error instanceof Error ? error.message : String(error)}`;
  }
}

type SelfTest<T> = (implementation: T) => string | undefined;

const tests: { readonly [Name in PrimitiveName]: SelfTest<Primitives[Name]> } = {
  x25519: testX25519,
  chacha20poly1305: (aead) => testAead(aead, 'RFC 8439 section 2.8.2', CHACHA_NONCE, CHACHA_TAG),
  xchacha20poly1305: (aead) => testAead(aead, 'draft-irtf-cfrg-xchacha A.3.1', counting(24, 0x40), XCHACHA_TAG),
  packets: testPackets,
  blake2s: testBlake2s,
  mac: testMac,
  nacl: testNacl,
};

function testX25519(x25519: X25519): string | undefined {
  const alice = x25519.load(hex('77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a'));
  const bobPublic = hex('de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f');
  if (!is(alice.publicKey, '8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a'))
    return 'RFC 7748 section 6.1: wrong public key';
  const secret = alice.agree(bobPublic);
  if (!is(secret, '4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742')) return 'RFC 7748 section 6.1: wrong shared secret';
  if (alice.agree(new Uint8Array(32)) !== undefined) return 'a low-order public key gave a shared secret';
  return undefined;
}

const SUNSCREEN = "Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the future, sunscreen would be it.";
const CHACHA_NONCE = hex('070000004041424344454647');
const CHACHA_TAG = '1ae10b594f09e26a7e902ecbd0600691';
const XCHACHA_TAG = 'c0875924c1c7987947deafd8780acf49';

/** The tag covers the whole ciphertext, so it stands for all of it. */
function testAead(aead: Aead, source: string, nonce: Bytes, tag: string): string | undefined {
  const key = counting(32, 0x80);
  const additional = hex('50515253c0c1c2c3c4c5c6c7');
  const sealed = aead.seal(key, nonce, ascii(SUNSCREEN), additional);
  if (!is(sealed.slice(-TAG), tag)) return `${source}: wrong tag`;
  const opened = aead.open(key, nonce, sealed, additional);
  if (opened === undefined || !equalBytes(opened, ascii(SUNSCREEN))) return `${source}: the sealed text does not open`;
  sealed[3]! ^= 1;
  if (aead.open(key, nonce, sealed, additional) !== undefined) return `${source}: a changed text opens`;
  return undefined;
}

/** Made with OpenSSL; a kernel that works on several blocks at once sees none, one, and five with a rest. */
const PACKET_TAGS = ['5a700f88e787fe1c1ef664e601ba935f', '81ad7b2b44254e3ba9f3c6513feaa54f', '9c29df4daa1c84368d13d8d918979379'];
const PACKET_LENGTHS = [0, 64, 323];

function testPackets(packets: PacketAead): string | undefined {
  const slab = packets.allocate(512);
  const table = { slab, offsets: Uint32Array.of(9, 48, 160), lengths: Uint32Array.from(PACKET_LENGTHS), count: 3 };
  for (const [i, at] of table.offsets.entries()) {
    slab.set(counting(8, 0x40), at - 8);
    slab.set(counting(PACKET_LENGTHS[i]!, 0), at);
  }
  const slot = packets.load(counting(32, 0x80));
  const reason = sealAndOpen(packets, slot, table);
  packets.unload(slot);
  packets.free?.(slab);
  return reason;
}

function sealAndOpen(
  packets: PacketAead,
  slot: number,
  table: { slab: Bytes; offsets: Uint32Array; lengths: Uint32Array; count: number },
): string | undefined {
  const { slab, offsets, lengths } = table;
  packets.seal(slot, table, 0, 3);
  for (const [i, tag] of PACKET_TAGS.entries()) {
    const end = offsets[i]! + lengths[i]!;
    if (!is(slab.slice(end - TAG, end), tag)) return `a packet of ${PACKET_LENGTHS[i]} bytes has a wrong tag`;
  }
  slab[offsets[1]!]! ^= 1;
  const good = new Uint8Array(3);
  if (packets.open(slot, table, 0, 3, good) !== 2 || good[1] !== 0) return 'a changed packet opens, or its neighbours do not';
  return equalBytes(slab.slice(offsets[2]!, offsets[2]! + 323), counting(323, 0)) ? undefined : 'a packet opens to other bytes';
}

function testBlake2s(blake2s: Primitives['blake2s']): string | undefined {
  if (!is(blake2s.digest(ascii('abc')), '508c5e8c327c14e2e1a72ba34eeb452f37458b209ed63a294d999b4c86675982'))
    return 'RFC 7693 appendix B: wrong digest';
  const keyed = blake2s.digest(counting(3, 0), 16, counting(32, 0));
  return is(keyed, '1e2a79436a7796a3e9826bfedf07659f') ? undefined : 'wrong keyed digest of 16 bytes';
}

function testMac(mac: Primitives['mac']): string | undefined {
  const kdf3 = mac.hkdf('blake2s', ascii('test-input'), ascii('test-key'), new Uint8Array(0), 96);
  const t3 = 'fac6e2745a325f5dc5d11a5b165aad08b0ada28e7b4e666b7c077934a4d76c24';
  if (!is(kdf3.slice(64), t3)) return "wrong third output of WireGuard's KDF";
  const sha = mac.hmac('sha256', ascii('Jefe'), ascii('what do ya want for nothing?'));
  return is(sha, '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843') ? undefined : 'RFC 4231 case 2: wrong HMAC-SHA-256';
}

/** A disco pong between two known keys. The agreement is given, so that this tests the box alone. */
function testNacl(nacl: Primitives['nacl']): string | undefined {
  const agreed = hex('4df0c3da9f98d1e941353a637e3b7773b8ec59427412983d67dc0f092065af1b');
  const privateKey: X25519Key = { publicKey: new Uint8Array(32), agree: () => agreed };
  const key = nacl.sharedKey(privateKey, new Uint8Array(32));
  if (!is(key, '8e74b310f6374932c2caf99dc7871df103ee23002863b1a6a3d62dd05bb10d0a')) return 'wrong box key';
  const plaintext = hex('02000102030405060708090a0b0c00000000000000000000ffffcb007105a2a9');
  const boxed = nacl.seal(key, counting(24, 0x20), plaintext);
  if (!is(boxed.slice(0, TAG), PONG_TAG)) return 'wrong tag on a box';
  const opened = nacl.open(key, counting(24, 0x20), boxed);
  if (opened === undefined || !equalBytes(opened, plaintext)) return 'a sealed box does not open';
  boxed[TAG]! ^= 1;
  return nacl.open(key, counting(24, 0x20), boxed) === undefined ? undefined : 'a changed box opens';
}

const PONG_TAG = '612cbae6c621555c905359a05c9d2b27';

function is(bytes: Bytes | undefined, expected: string): bytes is Bytes {
  return bytes !== undefined && hexFromBytes(bytes) === expected;
}

function hex(text: string): Bytes {
  return bytesFromHex(text, text.length / 2)!;
}

function ascii(text: string): Bytes {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

function counting(length: number, from: number): Bytes {
  return Uint8Array.from({ length }, (_, i) => from + i);
}
