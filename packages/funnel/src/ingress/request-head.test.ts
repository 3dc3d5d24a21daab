import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { LARGEST_HEAD, MOST_HEADERS, parseRequestHead, RequestHeadReader } from './request-head.js';

const INGRESS = [
  'POST /v0/ingress HTTP/1.1',
  'Host: peer',
  'User-Agent: Go-http-client/1.1',
  'Content-Length: 0',
  'Tailscale-Ingress-Src: 203.0.113.9:51234',
  'Tailscale-Ingress-Target: web.example.ts.net:443',
].join('\r\n');

const read = (...pieces: readonly string[]): ReturnType<RequestHeadReader['push']>[] => {
  const reader = new RequestHeadReader();
  return pieces.map((piece) => reader.push(Uint8Array.from(piece, (letter) => letter.charCodeAt(0))));
};

test('reads what an ingress relay sends: method, path, and headers by lower-case name', () => {
  const [found] = read(`${INGRESS}\r\n\r\n`);
  expect(found).toMatchObject({ head: { method: 'POST', path: '/v0/ingress' }, used: INGRESS.length + 4 });
  const { head } = found as Extract<typeof found, { head: unknown }>;
  expect([...head.headers]).toEqual([
    ['host', 'peer'],
    ['user-agent', 'Go-http-client/1.1'],
    ['content-length', '0'],
    ['tailscale-ingress-src', '203.0.113.9:51234'],
    ['tailscale-ingress-target', 'web.example.ts.net:443'],
  ]);
});

test('B2: a head that is cut anywhere is the same head, and what follows it is left alone', () => {
  const text = `${INGRESS}\r\n\r\n\x16\x03`;
  const [whole] = read(text);
  for (let cut = 0; cut < INGRESS.length + 4; cut += 1) {
    const [before, after] = read(text.slice(0, cut), text.slice(cut));
    expect(before).toBeUndefined();
    expect(after).toEqual({ ...(whole as object), used: INGRESS.length + 4 - cut });
  }
});

describe('no head', () => {
  const TABLE: Readonly<Record<string, readonly string[]>> = {
    'an old or a new version of HTTP': ['GET / HTTP/1.0', 'GET / HTTP/2.0', 'PRI * HTTP/2.0'],
    'a request line with too few or too many parts': ['GET /', 'GET  / HTTP/1.1', 'GET / / HTTP/1.1', ''],
    'a target that is a URL or an asterisk': ['GET http://peer/ HTTP/1.1', 'OPTIONS * HTTP/1.1'],
    'a method in lower case': ['get / HTTP/1.1'],
    'bare line feeds': ['GET / HTTP/1.1\nHost: peer'],
    'a folded line': ['GET / HTTP/1.1\r\nHost: peer\r\n folded'],
    'a space before the colon': ['GET / HTTP/1.1\r\nHost : peer'],
    'a header without a name': ['GET / HTTP/1.1\r\n: peer'],
    'a control character in a value': ['GET / HTTP/1.1\r\nHost: pe\x00er', 'GET / HTTP/1.1\r\nHost: pe\rer'],
    'two hosts, lengths, sources or targets': [
      'GET / HTTP/1.1\r\nHost: peer\r\nHost: peer',
      'GET / HTTP/1.1\r\nContent-Length: 0\r\ncontent-length: 0',
      'GET / HTTP/1.1\r\nTailscale-Ingress-Target: a:1\r\nTailscale-Ingress-Target: b:1',
    ],
    'TLS instead of HTTP': ['\x16\x03\x01\x02\x00\x01\x00'],
  };
  for (const [says, texts] of Object.entries(TABLE))
    test(says, () => expect(texts.map(parseRequestHead)).toEqual(texts.map(() => 'malformed')));
});

test('B3: a head without an end is given up at its cap, and one with too many headers as well', () => {
  expect(read('G'.repeat(LARGEST_HEAD), 'G')).toEqual([undefined, 'too-large']);
  const many = Array.from({ length: MOST_HEADERS + 1 }, (_, i) => `\r\nX-${i}: 1`).join('');
  expect(parseRequestHead(`GET / HTTP/1.1${many}`)).toBe('too-large');
});

test('no input makes the reader throw', () => {
  const property = fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => void new RequestHeadReader().push(bytes));
  fc.assert(property, { seed: 1, numRuns: 2_000 });
});
