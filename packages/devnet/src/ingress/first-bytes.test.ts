import { expect, test } from 'vitest';
import { clientHello } from '../../test/client-hello.js';
import { judgeFirstBytes } from './first-bytes.js';
import { AnswerReader, encodeIngressRequest } from './peer-upgrade.js';
import { sourceOf, visitorAddress } from './visitor-address.js';

const bytes = (text: string): Uint8Array => Uint8Array.from(text, (letter) => letter.charCodeAt(0));

test('a ClientHello says whom its visitor wants, as soon as it is whole', () => {
  const hello = clientHello('Web.Example.ts.net');
  for (let cut = 0; cut < hello.length; cut += 1) expect(judgeFirstBytes(hello.subarray(0, cut))).toBe('more');
  expect(judgeFirstBytes(hello)).toEqual({ name: 'web.example.ts.net' });
  expect(judgeFirstBytes(clientHello())).toBe('nameless');
});

test('plain HTTP is told from garbage by its method', () => {
  for (const text of ['GET / HTTP/1.1\r\n', 'POST /', 'OPTIONS * HTTP/1.1']) expect(judgeFirstBytes(bytes(text))).toBe('http');
  for (const text of ['', 'G', 'DELETE']) expect(judgeFirstBytes(bytes(text))).toBe('more');
  for (const text of ['\x00', 'get /', 'SSH-2.0-OpenSSH', 'AB ', 'PROPFINDPROPFIND', '\x16\x03\x01\x00\x01\x02'])
    expect(judgeFirstBytes(bytes(text))).toBe('garbage');
});

test('a node is asked in the words of Tailscale’s relays', () => {
  const request = new TextDecoder().decode(encodeIngressRequest({ address: '2001:db8::9', port: 5 }, 'web.ts.net', 443));
  expect(request).toMatch(/^POST \/v0\/ingress HTTP\/1\.1\r\nHost: peer\r\n(.*\r\n)*Tailscale-Ingress-Src: \[2001:db8::9\]:5\r\n/);
  expect(request).toMatch(/Tailscale-Ingress-Target: web\.ts\.net:443\r\n\r\n$/);
});

test('an answer is read to its end and not further, with headers or without', () => {
  const reader = new AnswerReader();
  expect(reader.push(bytes('HTTP/1.1 101 Switching Protocols\r\n\r'))).toBeUndefined();
  expect(reader.push(bytes('\n\x16\x03'))).toEqual({ status: 101, used: 1 });
  expect(new AnswerReader().push(bytes('HTTP/1.1 403 Forbidden\r\nContent-Length: 7\r\n\r\ndenied\n'))).toMatchObject({ status: 403 });
  expect(new AnswerReader().push(bytes('SSH-2.0-OpenSSH\r\n\r\n'))).toBe('bad');
  expect(new AnswerReader().push(new Uint8Array(9_000))).toBe('bad');
});

test('visitors over IPv4 are counted by address, over IPv6 by network', () => {
  expect(visitorAddress({ address: '::ffff:203.0.113.9', port: 5 })).toEqual({ address: '203.0.113.9', port: 5 });
  expect(visitorAddress({ address: '2001:db8::9', port: 5 })).toEqual({ address: '2001:db8::9', port: 5 });
  expect(sourceOf('2001:db8::9')).toBe(sourceOf('2001:db8::ffff:1:2:3'));
  expect(sourceOf('2001:db8::9')).not.toBe(sourceOf('2001:db8:0:1::9'));
  expect(sourceOf('203.0.113.9')).not.toBe(sourceOf('203.0.113.8'));
});
