import { describe, expect, test } from 'vitest';
import { hex, offersOf } from '../test/offers.js';
import { readVectors, vectorFolder, vectorsAreAskedFor, vectorsAreThere, type WycheproofFile } from '../test/vector-folder.js';
import { isAllZero } from './constant-time.js';
import type { Aead, Bytes } from './contract.js';
import { CryptoError } from './errors.js';

const FILES = ['x25519', 'chacha20_poly1305', 'xchacha20_poly1305', 'hkdf_sha256', 'hmac_sha256'];
if (!vectorsAreThere) console.log(`not run, because there is no vector folder: ${FILES.map((it) => `wycheproof-${it}.json`).join(', ')}`);

test('the vector folder is there when HEDDLE_VECTORS names it', () => {
  expect(vectorsAreThere || !vectorsAreAskedFor, `no folder ${vectorFolder}`).toBe(true);
});

/** Runs `check` on every case and expects that there were `count` of them. Failures are collected, so that one run shows them all. */
function runAll<Case extends { readonly tcId: number }>(
  file: WycheproofFile<Case>,
  count: number,
  check: (it: Case, tagSize: number) => boolean,
): void {
  const cases = file.testGroups.flatMap((group) => group.tests.map((it) => ({ it, tagSize: group.tagSize ?? 0 })));
  const failed = cases.filter(({ it, tagSize }) => !check(it, tagSize)).map(({ it }) => it.tcId);
  expect({ failed, run: cases.length }).toEqual({ failed: [], run: count });
}

function same(a: Bytes | undefined, b: Bytes): boolean {
  return a !== undefined && Buffer.compare(a, b) === 0;
}

/** What a caller's mistake gives: undefined here, after checking that the error has a code. */
function unlessRefused(compute: () => Bytes | undefined): Bytes | undefined {
  try {
    return compute();
  } catch (error) {
    expect(error).toBeInstanceOf(CryptoError);
    return undefined;
  }
}

interface AeadCase {
  readonly tcId: number;
  readonly key: string;
  readonly iv: string;
  readonly aad: string;
  readonly msg: string;
  readonly ct: string;
  readonly tag: string;
  readonly result: string;
}

function checkAead(aead: Aead, it: AeadCase): boolean {
  const [key, iv, aad, message, sealed] = [hex(it.key), hex(it.iv), hex(it.aad), hex(it.msg), hex(it.ct + it.tag)];
  const opened = unlessRefused(() => aead.open(key, iv, sealed, aad));
  if (it.result === 'invalid') return opened === undefined;
  return same(opened, message) && same(aead.seal(key, iv, message, aad), sealed);
}

interface XdhCase {
  readonly tcId: number;
  readonly public: string;
  readonly private: string;
  readonly shared: string;
}
interface MacCase {
  readonly tcId: number;
  readonly key: string;
  readonly msg: string;
  readonly tag: string;
  readonly result: string;
}
interface HkdfCase {
  readonly tcId: number;
  readonly ikm: string;
  readonly salt: string;
  readonly info: string;
  readonly size: number;
  readonly okm: string;
  readonly result: string;
}

describe.skipIf(!vectorsAreThere)('Wycheproof', () => {
  describe.each(offersOf('x25519'))('X25519 by $provider', ({ implementation }) => {
    test('all 518 cases agree, and an all-zero secret is undefined', { timeout: 30_000 }, () => {
      let undefinedOnes = 0;
      runAll(readVectors<WycheproofFile<XdhCase>>('wycheproof-x25519.json'), 518, (it) => {
        const secret = implementation.load(hex(it.private)).agree(hex(it.public));
        const expected = hex(it.shared);
        if (!isAllZero(expected)) return same(secret, expected);
        undefinedOnes++;
        return secret === undefined;
      });
      expect(undefinedOnes).toBeGreaterThan(0);
    });
  });

  describe.each(offersOf('chacha20poly1305'))('ChaCha20-Poly1305 by $provider', ({ implementation }) => {
    test('all 325 cases hold', () => {
      runAll(readVectors<WycheproofFile<AeadCase>>('wycheproof-chacha20_poly1305.json'), 325, (it) => checkAead(implementation, it));
    });
  });

  describe.each(offersOf('xchacha20poly1305'))('XChaCha20-Poly1305 by $provider', ({ implementation }) => {
    test('all 315 cases hold', () => {
      runAll(readVectors<WycheproofFile<AeadCase>>('wycheproof-xchacha20_poly1305.json'), 315, (it) => checkAead(implementation, it));
    });
  });

  describe.each(offersOf('mac'))('HMAC and HKDF by $provider', ({ implementation }) => {
    test('all 174 cases of HMAC-SHA-256 hold', () => {
      runAll(readVectors<WycheproofFile<MacCase>>('wycheproof-hmac_sha256.json'), 174, (it, tagSize) => {
        const tag = implementation.hmac('sha256', hex(it.key), hex(it.msg)).slice(0, tagSize / 8);
        return same(tag, hex(it.tag)) === (it.result === 'valid');
      });
    });
    test('all 86 cases of HKDF-SHA-256 hold, and too long an output is refused', () => {
      runAll(readVectors<WycheproofFile<HkdfCase>>('wycheproof-hkdf_sha256.json'), 86, (it) => {
        const output = unlessRefused(() => implementation.hkdf('sha256', hex(it.ikm), hex(it.salt), hex(it.info), it.size));
        return it.result === 'invalid' ? output === undefined : same(output, hex(it.okm));
      });
    });
  });
});
