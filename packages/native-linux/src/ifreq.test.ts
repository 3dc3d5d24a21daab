import { describe, expect, test } from 'vitest';
import { encodeIfreq, ifreqFlags, ifreqName, ifreqValue, isInterfaceName } from './ifreq.js';

describe('struct ifreq', () => {
  test('has the name in 16 bytes and the value behind it, in 40 bytes', () => {
    const b = encodeIfreq('wg0', 0x5001);
    expect(b).toHaveLength(40);
    expect(Buffer.from(b).toString('hex')).toBe(`77673000${'00'.repeat(12)}01500000${'00'.repeat(20)}`);
  });

  test('is read back', () => {
    const b = encodeIfreq('heddle0', 34_736);
    expect(ifreqName(b)).toBe('heddle0');
    expect(ifreqValue(b)).toBe(34_736);
    expect(ifreqFlags(encodeIfreq('', 0x1_5001))).toBe(0x5001);
  });

  test('never runs a name into the value, also without an end', () => {
    const b = encodeIfreq('a-name-longer-than-that', 7);
    expect(ifreqName(b)).toBe('a-name-longer-t');
    expect(ifreqName(new Uint8Array(40).fill(0x61))).toBe('a'.repeat(15));
  });

  test.each(['', '.', '..', 'a b', 'a/b', 'a:b', 'sixteen-letters-', 'a\0b'])('%j is no name of an interface', (name) => {
    expect(isInterfaceName(name)).toBe(false);
  });

  test.each(['wg0', 'heddle%d', 'fifteen-letters', 'é'])('%j is one', (name) => {
    expect(isInterfaceName(name)).toBe(true);
  });
});
