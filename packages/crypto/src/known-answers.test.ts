import { describe, expect, test } from 'vitest';
import { ascii, counting, hex, offersOf } from '../test/offers.js';
import type { Bytes, X25519 } from './contract.js';
import { hexFromBytes } from './key-text.js';

const SUNSCREEN = ascii(
  "Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the future, sunscreen would be it.",
);

/** RFC 7748 section 5.2: k and u become X25519(k, u) and k. */
function iterate(x25519: X25519, times: number): Bytes {
  let [k, u] = [hex(`09${'00'.repeat(31)}`), hex(`09${'00'.repeat(31)}`)];
  for (let i = 0; i < times; i++) [k, u] = [x25519.load(k).agree(u)!, k];
  return k;
}

describe.each(offersOf('x25519'))('X25519 by $provider', ({ implementation: x25519 }) => {
  test.each([
    [
      'a546e36bf0527c9d3b16154b82465edd62144c0ac1fc5a18506a2244ba449ac4',
      'e6db6867583030db3594c1a424b15f7c726624ec26b3353b10a903a6d0ab1c4c',
      'c3da55379de9c6908e94ea4df28d084f32eccf03491c71f754b4075577a28552',
    ],
    [
      '4b66e9d4d1b4673c5ad22691957d6af5c11b6421e0ea01d42ca4169e7918ba0d',
      'e5210f12786811d3f4b7959d0538ae2c31dbe7106fc03c3efc4cd549c715a493',
      '95cbde9476e8907d7aade45cb4b873f88b595a68799fa152e6f8f7647aac7957',
    ],
  ])('RFC 7748 section 5.2: scalar %s', (scalar, u, expected) => {
    expect(hexFromBytes(x25519.load(hex(scalar)).agree(hex(u))!)).toBe(expected);
  });

  test('RFC 7748 section 5.2: iterated once and a thousand times', { timeout: 30_000 }, () => {
    expect(hexFromBytes(iterate(x25519, 1))).toBe('422c8e7a6227d7bca1350b3e2bb7279f7897b87bb6854b783c60e80311ae3079');
    expect(hexFromBytes(iterate(x25519, 1000))).toBe('684cf59ba83309552800ef566f2f4d3c1c3887c49360e3875f2eb94d99532c51');
  });

  test('RFC 7748 section 6.1: both sides derive the same secret from their public keys', () => {
    const alice = x25519.load(hex('77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a'));
    const bob = x25519.load(hex('5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb'));
    expect(hexFromBytes(alice.publicKey)).toBe('8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a');
    expect(hexFromBytes(bob.publicKey)).toBe('de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f');
    const secret = hex('4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742');
    expect([alice.agree(bob.publicKey), bob.agree(alice.publicKey)]).toEqual([secret, secret]);
  });

  test.each([
    ['0', '00'.repeat(32)],
    ['1', `01${'00'.repeat(31)}`],
    ['order 8', 'e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800'],
    ['the other of order 8', '5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157'],
    ['p - 1', `ec${'ff'.repeat(30)}7f`],
    ['p, which is 0 again', `ed${'ff'.repeat(30)}7f`],
    ['p + 1, which is 1 again', `ee${'ff'.repeat(30)}7f`],
    ['0 with the unused bit set', `${'00'.repeat(31)}80`],
  ])('a low-order public key (%s) gives no secret', (_, point) => {
    expect(x25519.load(counting(32, 1)).agree(hex(point))).toBeUndefined();
  });

  test('the caller may wipe its private key after loading', () => {
    const bytes = counting(32, 1);
    const key = x25519.load(bytes);
    bytes.fill(0);
    expect(key.publicKey).toEqual(x25519.load(counting(32, 1)).publicKey);
  });

  test('keys of a wrong length are refused with a code', () => {
    const refusal = expect.objectContaining({ code: 'HEDDLE_CRYPTO_LENGTH' });
    for (const length of [0, 31, 33]) {
      expect(() => x25519.load(new Uint8Array(length))).toThrow(refusal);
      expect(() => x25519.load(counting(32)).agree(new Uint8Array(length))).toThrow(refusal);
    }
  });
});

const AEADS = [
  ...offersOf('chacha20poly1305').map((offer) => ({ ...offer, cipher: 'ChaCha20-Poly1305', nonceLength: 12 })),
  ...offersOf('xchacha20poly1305').map((offer) => ({ ...offer, cipher: 'XChaCha20-Poly1305', nonceLength: 24 })),
];

describe.each(offersOf('chacha20poly1305'))('ChaCha20-Poly1305 by $provider', ({ implementation: aead }) => {
  test('RFC 8439 section 2.8.2', () => {
    const sealed = aead.seal(counting(32, 0x80), hex('070000004041424344454647'), SUNSCREEN, hex('50515253c0c1c2c3c4c5c6c7'));
    expect(hexFromBytes(sealed)).toBe(
      'd31a8d34648e60db7b86afbc53ef7ec2a4aded51296e08fea9e2b5a736ee62d63dbea45e8ca9671282fafb69da92728b1a71de0a9e060b2905d6a5b67ecd3b36' +
        '92ddbd7f2d778b8c9803aee328091b58fab324e4fad675945585808b4831d7bc3ff4def08e4b7a9de576d26586cec64b61161ae10b594f09e26a7e902ecbd0600691',
    );
  });
});

describe.each(offersOf('xchacha20poly1305'))('XChaCha20-Poly1305 by $provider', ({ implementation: aead }) => {
  test('draft-irtf-cfrg-xchacha appendix A.3.1', () => {
    const sealed = aead.seal(counting(32, 0x80), counting(24, 0x40), SUNSCREEN, hex('50515253c0c1c2c3c4c5c6c7'));
    expect(hexFromBytes(sealed)).toBe(
      'bd6d179d3e83d43b9576579493c0e939572a1700252bfaccbed2902c21396cbb731c7f1b0b4aa6440bf3a82f4eda7e39ae64c6708c54c216cb96b72e1213b452' +
        '2f8c9ba40db5d945b11b69b982c1bb9e3f3fac2bc369488f76b2383565d3fff921f9664c97637da9768812f615c68b13b52ec0875924c1c7987947deafd8780acf49',
    );
  });
});

describe.each(AEADS)('$cipher by $provider', ({ implementation: aead, nonceLength }) => {
  const key = counting(32);
  const nonce = counting(nonceLength);

  test('any changed bit, other additional data or missing byte makes open undefined', () => {
    const sealed = aead.seal(key, nonce, counting(20), counting(3));
    for (let bit = 0; bit < 8 * sealed.length; bit++) {
      const changed = sealed.slice();
      changed[bit >> 3]! ^= 1 << (bit & 7);
      expect(aead.open(key, nonce, changed, counting(3))).toBeUndefined();
    }
    expect(aead.open(key, nonce, sealed)).toBeUndefined();
    for (let length = 0; length < sealed.length; length++)
      expect(aead.open(key, nonce, sealed.slice(0, length), counting(3))).toBeUndefined();
  });

  test('an empty text is a tag alone', () => {
    const sealed = aead.seal(key, nonce, new Uint8Array(0));
    expect([sealed.length, aead.open(key, nonce, sealed)]).toEqual([16, new Uint8Array(0)]);
  });

  test('keys and nonces of a wrong length are refused with a code', () => {
    const refusal = expect.objectContaining({ code: 'HEDDLE_CRYPTO_LENGTH' });
    expect(() => aead.seal(counting(31), nonce, counting(4))).toThrow(refusal);
    expect(() => aead.open(counting(33), nonce, counting(40))).toThrow(refusal);
    expect(() => aead.seal(key, counting(nonceLength - 1), counting(4))).toThrow(refusal);
    expect(() => aead.open(key, counting(8), counting(40))).toThrow(refusal);
  });
});

describe.each(offersOf('blake2s'))('BLAKE2s by $provider', ({ implementation: blake2s }) => {
  test('RFC 7693 appendix B', () => {
    expect(hexFromBytes(blake2s.digest(ascii('abc')))).toBe('508c5e8c327c14e2e1a72ba34eeb452f37458b209ed63a294d999b4c86675982');
  });

  test('RFC 7693 appendix E: the self-test over digest lengths, message lengths and keys', () => {
    // Each message and key is the sequence of the appendix; the digests are hashed one after the other.
    const digests: number[] = [];
    for (const length of [16, 20, 28, 32]) {
      for (const size of [0, 3, 64, 65, 255, 1024]) {
        const message = selftestSequence(size, size);
        digests.push(...blake2s.digest(message, length), ...blake2s.digest(message, length, selftestSequence(length, length)));
      }
    }
    const expected = '6a411f08ce25adcdfb02aba641451cec53c598b24f4fc787fbdc88797f4c1dfe';
    expect(hexFromBytes(blake2s.digest(Uint8Array.from(digests)))).toBe(expected);
  });

  test('the length is part of the parameters: a short digest is no prefix of the long one', () => {
    expect(blake2s.digest(ascii('abc'), 16)).not.toEqual(blake2s.digest(ascii('abc')).slice(0, 16));
  });

  test('a MAC of 16 bytes and a keyed digest of 32', () => {
    expect(hexFromBytes(blake2s.digest(counting(3), 16, counting(32)))).toBe('1e2a79436a7796a3e9826bfedf07659f');
    expect(hexFromBytes(blake2s.digest(counting(3), 32, counting(32)))).toBe(
      '1d220dbe2ee134661fdf6d9e74b41704710556f2f6e5a091b227697445dbea6b',
    );
  });

  test('impossible lengths and an empty key are refused with a code', () => {
    const refusal = expect.objectContaining({ code: 'HEDDLE_CRYPTO_LENGTH' });
    for (const length of [0, 33, 1.5, Number.NaN]) expect(() => blake2s.digest(counting(1), length)).toThrow(refusal);
    for (const size of [0, 33]) expect(() => blake2s.digest(counting(1), 32, counting(size))).toThrow(refusal);
  });
});

/** RFC 7693 appendix E, selftest_seq: a Fibonacci generator. */
function selftestSequence(length: number, seed: number): Bytes {
  let a = Math.imul(0xdead4bad, seed) >>> 0;
  let b = 1;
  return Uint8Array.from({ length }, () => {
    [a, b] = [b, (a + b) >>> 0];
    return b >>> 24;
  });
}

describe.each(offersOf('mac'))('HMAC and HKDF by $provider', ({ implementation: mac }) => {
  const kdf3 = (key: Bytes, input: Bytes) => {
    const output = mac.hkdf('blake2s', input, key, new Uint8Array(0), 96);
    return [0, 32, 64].map((at) => hexFromBytes(output.slice(at, at + 32)));
  };

  test("WireGuard's KDF3 is HKDF-BLAKE2s with the chaining key as salt", () => {
    expect(kdf3(ascii('test-key'), ascii('test-input'))).toEqual([
      '6f0e5ad38daba1bea8a0d213688736f19763239305e0f58aba697f9ffc41c633',
      'df1194df20802a4fe594cde27e92991c8cae66c366e8106aaa937a55fa371e8a',
      'fac6e2745a325f5dc5d11a5b165aad08b0ada28e7b4e666b7c077934a4d76c24',
    ]);
    expect(kdf3(new Uint8Array(0), new Uint8Array(0))).toEqual([
      '8387b46bf43eccfcf349552a095d8315c4055beb90208fb1be23b894bc2ed5d0',
      '58a0e5f6faefccf4807bff1f05fa8a9217945762040bcec2f4b4a62bdfe0e86e',
      '0ce6ea98ec548f8e281e93e32db65621c45eb18dc6f0a7ad94178610a2f7338e',
    ]);
  });

  test('HMAC-BLAKE2s of nothing under no key', () => {
    const tag = mac.hmac('blake2s', new Uint8Array(0), new Uint8Array(0));
    expect(hexFromBytes(tag)).toBe('eaf4bb25938f4d20e72656bbbc7a9bf63c0c18537333c35bdb67db1402661acd');
  });

  test('RFC 4231 case 2 and RFC 5869 case 1', () => {
    expect(hexFromBytes(mac.hmac('sha256', ascii('Jefe'), ascii('what do ya want for nothing?')))).toBe(
      '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843',
    );
    const output = mac.hkdf('sha256', new Uint8Array(22).fill(0x0b), counting(13), counting(10, 0xf0), 42);
    expect(hexFromBytes(output)).toBe('3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865');
  });

  test('an HKDF output has at most 255 blocks', () => {
    const derive = (length: number) => mac.hkdf('blake2s', counting(3), counting(3), counting(3), length);
    expect([derive(0).length, derive(255 * 32).length]).toEqual([0, 255 * 32]);
    expect(() => derive(255 * 32 + 1)).toThrow(expect.objectContaining({ code: 'HEDDLE_CRYPTO_LENGTH' }));
    expect(() => derive(-1)).toThrow(expect.objectContaining({ code: 'HEDDLE_CRYPTO_LENGTH' }));
  });
});

describe.each(offersOf('nacl'))('NaCl box by $provider', ({ implementation: nacl }) => {
  const privateA = hex(`18${'19'.repeat(30)}59`);
  const publicB = hex('17d7e2acd30bf5e19d861ae80988d17fae8f662f5d80b0053f6cc73cdab1d264');
  const boxKey = hex('8e74b310f6374932c2caf99dc7871df103ee23002863b1a6a3d62dd05bb10d0a');
  const ping = hex('01000102030405060708090a0b0c7b4e909bbe7ffe44c465a220037d608ee35897d31ef972f07f74892cb0f73f13');
  const boxedPing = hex(
    '5631060e4716c370aebf65fd6fa881261b9e0c99aeb771d2c54b8c6f0129649033385a36e302afd040bf0f4db35566028f9c6efa998e0e44da00db89bba8',
  );

  test.each(offersOf('x25519'))('the shared key of two disco keys, agreed by $provider', ({ implementation: x25519 }) => {
    expect(nacl.sharedKey(x25519.load(privateA), publicB)).toEqual(boxKey);
    expect(nacl.sharedKey(x25519.load(privateA), new Uint8Array(32))).toBeUndefined();
  });

  test('a disco ping is boxed as other implementations box it', () => {
    expect(nacl.seal(boxKey, counting(24), ping)).toEqual(boxedPing);
    expect(nacl.open(boxKey, counting(24), boxedPing)).toEqual(ping);
  });

  test('any changed byte or missing byte makes open undefined', () => {
    for (let i = 0; i < boxedPing.length; i++) {
      const changed = boxedPing.slice();
      changed[i]! ^= 0x80;
      expect(nacl.open(boxKey, counting(24), changed)).toBeUndefined();
      expect(nacl.open(boxKey, counting(24), boxedPing.slice(0, i))).toBeUndefined();
    }
  });

  test('keys and nonces of a wrong length are refused with a code', () => {
    const refusal = expect.objectContaining({ code: 'HEDDLE_CRYPTO_LENGTH' });
    expect(() => nacl.seal(counting(31), counting(24), ping)).toThrow(refusal);
    expect(() => nacl.open(boxKey, counting(12), boxedPing)).toThrow(refusal);
  });
});
