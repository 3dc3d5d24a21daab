import { isIPv4, isIPv6, SocketAddress } from 'node:net';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { bytes } from '../test/damage.js';
import { hex, toHex } from '../test/hex.js';
import {
  formatAddress,
  formatAddressPort,
  formatPrefix,
  maskAddress,
  parseAddress,
  parseAddressPort,
  parsePrefix,
  prefixContains,
  readPrefix,
} from './address.js';
import { formatIpv4, parseIpv4 } from './ipv4-text.js';
import { formatIpv6, parseIpv6 } from './ipv6-text.js';

/** Node's own text of an IPv6 address. */
const canonical = (text: string) => new SocketAddress({ address: text, family: 'ipv6' }).address;

test('IPv6 text is that of RFC 5952', () => {
  const table = [
    ['2001:0db8:0000:0000:0000:ff00:0042:8329', '2001:db8::ff00:42:8329'],
    ['2001:db8:0:1:1:1:1:1', '2001:db8:0:1:1:1:1:1'],
    ['2001:0:0:1:0:0:0:1', '2001:0:0:1::1'],
    ['2001:db8:0:0:1:0:0:1', '2001:db8::1:0:0:1'],
    ['2001:DB8::ABCD', '2001:db8::abcd'],
    ['0:0:0:0:0:0:0:0', '::'],
    ['0:0:0:0:0:0:0:1', '::1'],
    ['1::', '1::'],
    ['::ffff:c000:0201', '::ffff:192.0.2.1'],
    ['64:ff9b::192.0.2.33', '64:ff9b::c000:221'],
    ['fd7a:115c:a1e0:b1a:0:7:a01:200', 'fd7a:115c:a1e0:b1a:0:7:a01:200'],
    ['fd7a:115c:a1e0:ab12:4843:cd96:6265:6667', 'fd7a:115c:a1e0:ab12:4843:cd96:6265:6667'],
  ];
  for (const [text, expected] of table) expect(formatIpv6(parseIpv6(text!)!)).toBe(expected);
});

test('addresses survive a round trip and agree with Node', () => {
  const sparse = fc
    .tuple(bytes(16), bytes(8))
    .map(([b, mask]) => b.map((byte, i) => ((mask[i >> 1]! & 3) === 0 ? byte : i % 2 && (mask[i >> 1]! & 3) === 1 ? 1 : 0)));
  fc.assert(
    fc.property(bytes(4), fc.oneof(bytes(16), sparse), (four, sixteen) => {
      expect(parseAddress(formatAddress(four))).toEqual(four);
      expect(parseAddress(formatAddress(sixteen))).toEqual(sixteen);
      expect(isIPv4(formatIpv4(four))).toBe(true);
      // Node also prints the long deprecated ::a.b.c.d
      if (sixteen.slice(0, 12).some((byte) => byte !== 0)) expect(formatIpv6(sixteen)).toBe(canonical(formatIpv6(sixteen)));
    }),
    { seed: 1, numRuns: 2_000 },
  );
});

test('accepts exactly the text that Node accepts, but for zones', () => {
  const near = fc
    .array(fc.constantFrom('0', '1', '10', '255', '256', '00', 'ff', 'FFFF', 'g', ':', ':', '::', '.', '.', '%', ' ', '-', 'fe80'), {
      maxLength: 16,
    })
    .map((parts) => parts.join(''));
  const colons = fc
    .array(fc.constantFrom('', '0', '1', 'ffff', 'abcd', '1.2.3.4', '12345'), { minLength: 2, maxLength: 10 })
    .map((p) => p.join(':'));
  const dots = fc
    .array(fc.constantFrom('0', '1', '01', '255', '256', '', '1e1', '+1'), { minLength: 3, maxLength: 5 })
    .map((p) => p.join('.'));
  fc.assert(
    fc.property(fc.oneof(near, colons, dots, fc.string({ maxLength: 50 })), (text) => {
      const accepted = [parseIpv4(text) !== undefined, parseIpv6(text) !== undefined];
      return accepted[0] === isIPv4(text) && accepted[1] === (isIPv6(text) && !text.includes('%'));
    }),
    { seed: 1, numRuns: 20_000 },
  );
});

test('text that is nearly an address is refused', () => {
  const v4 = ['', '1.2.3', '1.2.3.4.5', '01.2.3.4', '1.2.3.256', '1.2.3.4 ', '0x1.2.3.4', '1.2.3.4/32', '１.2.3.4', '1.2.3.4\n'];
  const v6 = [':', ':::', '1::2::3', '1:2:3:4:5:6:7', '1:2:3:4:5:6:7:8:9', '1:2:3:4:5:6:7:8::', '::12345', 'fe80::1%eth0', '[::1]'];
  const tails = ['1.2.3.4::', '::1.2.3', '::1.2.3.4:5', '1:2:3:4:5:6:7:1.2.3.4', '::1\n', '::g'];
  for (const text of [...v4, ...v6, ...tails]) expect([text, parseAddress(text)]).toEqual([text, undefined]);
  expect(parseAddress(`${'0'.repeat(1_000_000)}::`)).toBeUndefined();
});

test('a prefix drops its host bits and a bare address is one host', () => {
  expect(formatPrefix(parsePrefix('10.0.0.77/24')!)).toBe('10.0.0.0/24');
  expect(formatPrefix(parsePrefix('10.0.0.77')!)).toBe('10.0.0.77/32');
  expect(formatPrefix(parsePrefix('255.255.255.255/0')!)).toBe('0.0.0.0/0');
  expect(formatPrefix(parsePrefix('10.255.255.255/9')!)).toBe('10.128.0.0/9');
  expect(formatPrefix(parsePrefix('fd7a:115c:a1e0:b1a:0:7:a01:2ff/120')!)).toBe('fd7a:115c:a1e0:b1a:0:7:a01:200/120');
  expect(formatPrefix(parsePrefix('2001:db8::1')!)).toBe('2001:db8::1/128');
});

test('a prefix with a bad length or a bad address is refused', () => {
  const bad = [
    '10.0.0.0/33',
    '10.0.0.0/',
    '10.0.0.0/-1',
    '10.0.0.0/08',
    '10.0.0.0/8/8',
    '10.0.0.0/8 ',
    '::/129',
    '/8',
    'host/8',
    '10.0.0/8',
  ];
  for (const text of bad) expect([text, parsePrefix(text)]).toEqual([text, undefined]);
});

test('a prefix holds exactly the addresses that mask to it', () => {
  const sized = fc.constantFrom(4, 16).chain((size) => fc.tuple(bytes(size), bytes(size), fc.nat({ max: 8 * size })));
  const binary = (b: Uint8Array) => Array.from(b, (byte) => byte.toString(2).padStart(8, '0')).join('');
  fc.assert(
    fc.property(sized, fc.nat({ max: 128 }), ([network, other, bits], shared) => {
      const prefix = { address: maskAddress(network, bits), bits };
      const near = maskAddress(network, shared).map(
        (byte, i) => byte | (other[i]! & ~maskAddress(new Uint8Array(16).fill(255), shared)[i]!),
      );
      for (const address of [other, near]) {
        expect(prefixContains(prefix, address)).toBe(binary(address).slice(0, bits) === binary(network).slice(0, bits));
      }
      expect(binary(prefix.address)).toBe(
        binary(network)
          .slice(0, bits)
          .padEnd(8 * network.length, '0'),
      );
    }),
    { seed: 1, numRuns: 1_000 },
  );
  expect(prefixContains(parsePrefix('0.0.0.0/0')!, parseAddress('::')!)).toBe(false);
});

test('an address with a port is read and written, IPv6 in brackets', () => {
  expect(parseAddressPort('192.0.2.7:51820')).toEqual({ address: hex('c0000207'), port: 51820 });
  expect(toHex(parseAddressPort('[::1]:0')!.address)).toBe('00000000000000000000000000000001');
  for (const text of ['192.0.2.7:51820', '[2001:db8::1]:443', '[::]:65535']) {
    expect(formatAddressPort(parseAddressPort(text)!)).toBe(text);
  }
  const bad = [
    '',
    ':',
    '1.2.3.4',
    '1.2.3.4:',
    '1.2.3.4:65536',
    '1.2.3.4:080',
    '::1:80',
    '[1.2.3.4]:80',
    '[::1]',
    '[::1]80',
    'host:80',
    '[]:1',
  ];
  for (const text of bad) expect([text, parseAddressPort(text)]).toEqual([text, undefined]);
});

test('an address of another size is a mistake of the caller', () => {
  expect(() => formatAddress(new Uint8Array(5))).toThrow(expect.objectContaining({ code: 'HEDDLE_WIRE_MISUSE' }));
});

test('a prefix is read into memory of the caller, and nothing around it is touched', () => {
  const into = new Uint8Array(20).fill(0xee);
  expect(readPrefix('10.1.2.3/9', into, 3)).toBe(9);
  expect([...into.subarray(0, 9)]).toEqual([0xee, 0xee, 0xee, 10, 0, 0, 0, 0xee, 0xee]);
  expect(readPrefix('fd00::5:1.2.3.4', into, 2)).toBe(128);
  expect([...into]).toEqual([0xee, 0xee, 0xfd, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 5, 1, 2, 3, 4, 0xee, 0xee]);
  for (const text of ['', '10.0.0.1/33', 'fd00::/129', 'fd00::/', '10.0.0/8', '1.2.3.4/0:'])
    expect(readPrefix(text, into, 0)).toBeLessThan(0);
  expect(() => readPrefix('fd00::1', into, 5)).toThrow(/needs 16 bytes/);
});
