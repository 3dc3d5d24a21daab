import { hostPort, parseProxyUrl } from '@heddle/wire';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { legsOf, parseControlUrl, secureLegOf } from './control-url.js';
import { ControlFault, quoted } from './fault.js';
import { readKeyAnswer } from './key-answer.js';
import { readRetryAfter } from './retry-after.js';

const legs = (text: string, tlsFirst = false): string =>
  legsOf(parseControlUrl(text)!, tlsFirst)
    .map(({ tls, port, delay }) => `${tls ? 'tls' : 'plain'}:${port}+${delay}`)
    .join(' ');

test('legs are those of the official client', () => {
  expect(legs('https://control.example')).toBe('plain:80+0 tls:443+500');
  expect(legs('https://control.example:8443')).toBe('plain:80+0 tls:8443+500');
  expect(legs('http://control.example')).toBe('plain:80+0 tls:443+500');
  expect(legs('http://10.77.0.1')).toBe('plain:80+0');
  expect(legs('http://localhost:8080')).toBe('plain:8080+0');
  expect(legs('http://[::1]:8080')).toBe('plain:8080+0');
});

test('after a cleartext connection that did not last, TLS goes first; who wants TLS alone gets it', () => {
  expect(legs('https://control.example', true)).toBe('tls:443+0 plain:80+500');
  expect(secureLegOf(parseControlUrl('https://control.example')!)).toEqual([{ tls: true, port: 443, delay: 0, own: true }]);
});

test('a control URL may have a path, which is not lost, and must not have a password, a query or another scheme', () => {
  expect(parseControlUrl('https://h:1/ts/')).toMatchObject({ text: 'https://h:1/ts', prefix: '/ts', authority: 'h:1', host: 'h', port: 1 });
  expect(parseControlUrl('http://[2001:db8::1]')).toMatchObject({ host: '2001:db8::1', authority: '[2001:db8::1]', port: 80 });
  for (const bad of ['control.example', 'ftp://x', 'https://a:b@x', 'https://x/?q', 'https://x/#f', ''])
    expect(parseControlUrl(bad)).toBeUndefined();
});

test('a key answer is a key, or a fault that says what answers', () => {
  const answer = (body: string, more = {}) => readKeyAnswer({ status: 200, type: 'application/json', body, ...more });
  const key = `mkey:${'ab'.repeat(32)}`;
  expect(String(answer(JSON.stringify({ legacyPublicKey: `mkey:${'0'.repeat(64)}`, publicKey: key })))).toBe(key);
  const says = (fault: unknown) => (fault instanceof ControlFault ? `${fault.code} ${fault.message}` : 'a key');
  expect(says(answer('a'.repeat(64)))).toContain('too old');
  expect(says(answer(`{"publicKey":"mkey:${'0'.repeat(64)}"}`))).toContain('NOT_CONTROL');
  expect(says(answer('<html>', { type: 'text/html' }))).toContain('NOT_CONTROL');
  expect(says(answer('', { status: 301, location: 'https://y/' }))).toContain('redirects to https://y/');
  expect(says(answer('busy', { status: 503 }))).toContain('REFUSED');
  fc.assert(
    fc.property(fc.string(), fc.nat(999), (body, status) => void answer(body, { status })),
    { seed: 1, numRuns: 300 },
  );
});

test('Retry-After: seconds, a date, or nothing', () => {
  const now = Date.UTC(2026, 0, 1);
  expect(readRetryAfter('120', now)).toBe(120_000);
  expect(readRetryAfter('Thu, 01 Jan 2026 00:00:30 GMT', now)).toBe(30_000);
  for (const none of [undefined, '', '-1', 'soon', '999999', 'Thu, 01 Jan 2026 09:00:00 GMT', 'Wed, 31 Dec 2025 00:00:00 GMT'])
    expect(readRetryAfter(none, now)).toBeUndefined();
});

test('a proxy URL gives a Basic authorization, and no other scheme is a proxy', () => {
  expect(parseProxyUrl('http://u:p%40ss@proxy:3128')).toEqual({ tls: false, host: 'proxy', port: 3128, authorization: 'Basic dTpwQHNz' });
  expect(parseProxyUrl('socks5://proxy')).toBeUndefined();
  expect(hostPort('2001:db8::1', 443)).toBe('[2001:db8::1]:443');
});

test('what a stranger says is shown in one line, bounded, without control characters', () => {
  expect(quoted(`a\r\n\u001b[31mb${'x'.repeat(300)}`)).toMatch(/^a \[31mbx+…$/);
});
