import { expect, test } from 'vitest';
import { encodeProxyHeader } from './proxy-header.js';

const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1');
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

test('version 1 is the line of the specification', () => {
  const ends = { source: { address: '192.168.0.1', port: 56_324 }, destination: { address: '192.168.0.11', port: 443 } };
  expect(text(encodeProxyHeader(1, ends))).toBe('PROXY TCP4 192.168.0.1 192.168.0.11 56324 443\r\n');
  const six = { source: { address: 'fd7a::2', port: 1 }, destination: { address: 'fd7a::1', port: 65_535 } };
  expect(text(encodeProxyHeader(1, six))).toBe('PROXY TCP6 fd7a::2 fd7a::1 1 65535\r\n');
});

test('version 2 is signature, command, family, length, addresses and ports', () => {
  const four = { source: { address: '::ffff:192.0.2.1', port: 0x1234 }, destination: { address: '192.0.2.2', port: 443 } };
  expect(hex(encodeProxyHeader(2, four))).toBe('0d0a0d0a000d0a515549540a' + '2111000c' + 'c0000201c0000202' + '123401bb');
  const six = { source: { address: '2001:db8::1', port: 1 }, destination: { address: '::1', port: 2 } };
  expect(hex(encodeProxyHeader(2, six))).toBe(
    '0d0a0d0a000d0a515549540a' + '21210024' + '20010db8000000000000000000000001' + '00000000000000000000000000000001' + '00010002',
  );
});

test('addresses of two families, and what is none, are not told; a header there is all the same', () => {
  const mixed = { source: { address: '192.0.2.1', port: 1 }, destination: { address: '::1', port: 2 } };
  expect(hex(encodeProxyHeader(2, mixed))).toBe('0d0a0d0a000d0a515549540a' + '20000000');
  expect(text(encodeProxyHeader(1, { ...mixed, source: { address: 'name', port: 1 } }))).toBe('PROXY UNKNOWN\r\n');
});
