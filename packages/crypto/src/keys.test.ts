import { inspect } from 'node:util';
import { describe, expect, test } from 'vitest';
import { counting, hex, offersOf } from '../test/offers.js';
import { generateKeyPair, keyPairOf } from './key-pair.js';
import { PresharedKey } from './preshared-key.js';
import { PrivateKey } from './private-key.js';
import { PublicKey } from './public-key.js';

const PRIVATE = '40ab1b58e9076c7a4d9d07291f5edf9d1aa017eb949624ba683317f48a640369';
const PUBLIC = '50d20b455ecf12bc453f83c2cfdb2a24925d06cf2598dcaa54e91af82ce9f765';
const format = expect.objectContaining({ code: 'HEDDLE_KEY_FORMAT' });
const length = expect.objectContaining({ code: 'HEDDLE_CRYPTO_LENGTH' });

describe('a public key', () => {
  test.each([
    ['node', 'nodekey:'],
    ['machine', 'mkey:'],
    ['disco', 'discokey:'],
    ['challenge', 'chalpub:'],
  ] as const)('of kind %s is written and read with the prefix %s', (kind, prefix) => {
    const key = PublicKey.parse(kind, prefix + PUBLIC);
    expect([`${key}`, JSON.stringify(key), inspect(key)]).toEqual([prefix + PUBLIC, `"${prefix}${PUBLIC}"`, prefix + PUBLIC]);
    expect(key.toHex()).toBe(PUBLIC);
  });

  test('has a short form for logs', () => {
    expect(PublicKey.fromHex('node', PUBLIC).toShort()).toBe('[UNILR]');
    expect(PublicKey.fromHex('disco', PUBLIC).toShort()).toBe('d:50d20b455ecf12bc');
  });

  test('survives base64, hexadecimal and bytes', () => {
    const key = PublicKey.fromBytes('node', hex(PUBLIC));
    expect(PublicKey.fromBase64('node', key.toBase64()).equals(key)).toBe(true);
    expect(PublicKey.fromHex('node', PUBLIC.toUpperCase()).equals(key)).toBe(true);
    expect(PublicKey.fromBytes('node', key.toBytes()).equals(key)).toBe(true);
  });

  test('is equal only to the same bytes of the same kind', () => {
    const key = PublicKey.fromHex('node', PUBLIC);
    expect(key.equals(PublicKey.fromHex('disco', PUBLIC))).toBe(false);
    for (let i = 0; i < 32; i++) {
      const other = hex(PUBLIC);
      other[i]! ^= 1;
      expect(key.equals(PublicKey.fromBytes('node', other))).toBe(false);
    }
  });

  test('cannot be changed through the bytes it was made of or gave out', () => {
    const bytes = hex(PUBLIC);
    const key = PublicKey.fromBytes('node', bytes);
    bytes.fill(0);
    key.toBytes().fill(0);
    expect(key.toHex()).toBe(PUBLIC);
  });

  test('of 32 zero bytes is the "not set" of Tailscale', () => {
    expect(PublicKey.parse('node', `nodekey:${'0'.repeat(64)}`).isZero).toBe(true);
    expect(PublicKey.fromHex('node', PUBLIC).isZero).toBe(false);
  });

  test.each([
    ['no prefix', PUBLIC],
    ['a wrong prefix', `mkey:${PUBLIC}`],
    ['a prefix in capitals', `NODEKEY:${PUBLIC}`],
    ['63 digits', `nodekey:${PUBLIC.slice(1)}`],
    ['65 digits', `nodekey:${PUBLIC}0`],
    ['a digit that is none', `nodekey:${PUBLIC.slice(1)}g`],
    ['a space', `nodekey:${PUBLIC} `],
    ['nothing', ''],
  ])('is refused when its text has %s', (_, text) => {
    expect(() => PublicKey.parse('node', text)).toThrow(format);
  });

  test('is refused when it has not 32 bytes', () => {
    for (const size of [0, 31, 33]) expect(() => PublicKey.fromBytes('node', counting(size))).toThrow(length);
  });
});

describe('a private key', () => {
  const key = PrivateKey.parse('node', `privkey:${PRIVATE}`);

  test('is written only by methods that say so', () => {
    expect(key.revealText()).toBe(`privkey:${PRIVATE}`);
    expect([key.revealHex(), key.revealBase64()]).toEqual([PRIVATE, Buffer.from(PRIVATE, 'hex').toString('base64')]);
    expect(PrivateKey.fromBase64('node', key.revealBase64()).equals(key)).toBe(true);
    expect(PrivateKey.fromHex('node', key.revealHex()).equals(key)).toBe(true);
  });

  test('is clamped when it is made', () => {
    const clamped = PrivateKey.fromBytes('node', new Uint8Array(32).fill(0xff)).reveal();
    expect([clamped[0], clamped[31]]).toEqual([0xf8, 0x7f]);
    expect(key.revealHex()).toBe(PRIVATE);
  });

  test('of 32 zero bytes is refused', () => {
    expect(() => PrivateKey.fromHex('node', '0'.repeat(64))).toThrow(expect.objectContaining({ code: 'HEDDLE_KEY_ZERO' }));
  });

  test('leaves the bytes it was made of to the caller', () => {
    const bytes = hex(PRIVATE);
    PrivateKey.fromBytes('node', bytes);
    expect(bytes).toEqual(hex(PRIVATE));
  });

  test('cannot be used after destroy, which may be called twice', () => {
    const mine = PrivateKey.fromBytes('disco', counting(32));
    mine.destroy();
    mine.destroy();
    const destroyed = expect.objectContaining({ code: 'HEDDLE_KEY_DESTROYED' });
    for (const use of [() => mine.reveal(), () => mine.revealText(), () => mine.equals(key), () => key.equals(mine)])
      expect(use).toThrow(destroyed);
    expect(`${mine}`).toBe('(private disco key, redacted)');
  });

  test('is refused without its text being quoted', () => {
    for (const text of [PRIVATE, `privkey:${PRIVATE}0`, `privkey:${PRIVATE.slice(1)}z`, `nodekey:${PRIVATE}`]) {
      let message = '';
      expect(() => {
        try {
          PrivateKey.parse('node', text);
        } catch (error) {
          message = inspect(error);
          throw error;
        }
      }).toThrow(format);
      for (let at = 0; at + 8 <= PRIVATE.length; at++) expect(message).not.toContain(PRIVATE.slice(at, at + 8));
    }
  });
});

describe.each([
  ['private key', PrivateKey.fromHex('node', PRIVATE)],
  ['preshared key', PresharedKey.fromHex(PRIVATE)],
])('a %s', (_, secret) => {
  test('shows no byte of itself in text, inspect, JSON or its properties', () => {
    const shown = [
      `${secret}`,
      secret.toString(),
      String(secret),
      JSON.stringify({ secret }),
      inspect(secret),
      inspect({ deep: { secret } }, { depth: 9, showHidden: true, getters: true }),
      inspect(secret, { customInspect: false, showHidden: true }),
      JSON.stringify(Object.getOwnPropertyNames(secret).map((name) => Reflect.get(secret, name))),
      JSON.stringify(structuredClone(secret)),
    ].join('\n');
    const base64 = Buffer.from(PRIVATE, 'hex').toString('base64');
    for (let at = 0; at + 6 <= 44; at++) {
      expect(shown).not.toContain(PRIVATE.slice(at, at + 6));
      expect(shown).not.toContain(base64.slice(at, at + 6));
    }
    expect(shown).not.toContain('64, 171');
    expect(shown).toContain('redacted');
  });
});

describe('a preshared key', () => {
  test('is kept as it is, zeros too', () => {
    expect(PresharedKey.fromHex('ff'.repeat(32)).revealHex()).toBe('ff'.repeat(32));
    expect(PresharedKey.fromBytes(new Uint8Array(32)).reveal()).toEqual(new Uint8Array(32));
    expect(PresharedKey.fromBase64(`${'A'.repeat(43)}=`).reveal()).toEqual(new Uint8Array(32));
    expect(() => PresharedKey.fromBytes(counting(16))).toThrow(length);
  });

  test('is wiped by destroy', () => {
    let kept = new Uint8Array(1);
    const key = PresharedKey.generate((into) => {
      kept = into.fill(7) as typeof kept;
    });
    key.destroy();
    expect(kept).toEqual(new Uint8Array(32));
  });

  test('is generated from the given randomness', () => {
    expect(PresharedKey.generate((into) => into.set(counting(32, 5))).reveal()).toEqual(counting(32, 5));
  });
});

describe.each(offersOf('x25519'))('a key pair by $provider', ({ implementation: x25519 }) => {
  test("has the public key that Tailscale's tests expect", () => {
    const { publicKey } = keyPairOf(PrivateKey.fromHex('machine', PRIVATE), x25519);
    expect(`${publicKey}`).toBe(`mkey:${PUBLIC}`);
  });

  test('is made from 32 bytes of the given randomness, clamped', () => {
    const asked: number[] = [];
    const random = (into: Uint8Array) => {
      asked.push(into.length);
      into.fill(0xff);
    };
    const { privateKey, publicKey } = generateKeyPair('disco', x25519, random);
    expect(asked).toEqual([32]);
    expect(privateKey.revealHex()).toBe(`f8${'ff'.repeat(30)}7f`);
    expect([privateKey.kind, publicKey.kind]).toEqual(['disco', 'disco']);
    expect(publicKey.toBytes()).toEqual(x25519.load(privateKey.reveal()).publicKey);
  });

  test('leaves no copy in the memory that the randomness was written to', () => {
    let lent = new Uint8Array(1);
    generateKeyPair('node', x25519, (into) => {
      lent = into.fill(7) as typeof lent;
    });
    expect(lent).toEqual(new Uint8Array(32));
  });

  test('is refused when the randomness gives nothing but zeros', () => {
    expect(() => generateKeyPair('node', x25519, () => undefined)).toThrow(expect.objectContaining({ code: 'HEDDLE_KEY_ZERO' }));
  });
});
