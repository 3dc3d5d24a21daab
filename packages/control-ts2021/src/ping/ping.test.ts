import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseControlUrl } from '../dial/control-url.js';
import { answerC2n } from './c2n.js';
import { planPing } from './ping-plan.js';

const control = parseControlUrl('https://control.example/base')!;
const plan = (url: string, more = {}) => planPing({ url, overNoise: false, types: [], ...more }, control);
const bytes = (text: string) => new TextEncoder().encode(text);

test('a plain ping is a HEAD to the control server, or through the channel with path and query alone', () => {
  expect(plan('https://control.example/machine/ping-response?id=1')).toEqual({
    answer: 'head',
    by: 'outside',
    to: 'https://control.example/machine/ping-response?id=1',
    body: undefined,
  });
  expect(plan('https://unused/x?y=1', { overNoise: true })).toMatchObject({ by: 'channel', to: '/x?y=1' });
});

test.each([
  'http://control.example/x',
  'https://control.example:8443/x',
  'https://control.example.evil.example/x',
  'https://user@control.example.evil/x',
  'https://169.254.169.254/latest',
  'https://[::ffff:127.0.0.1]/',
  'file:///etc/passwd',
  'javascript:alert(1)',
  'gopher://control.example/',
  '//control.example/x',
  '',
])('C10: %s is not answered', (url) => {
  expect(plan(url).answer).toBe('ignore');
});

test('ways to ping others are answered with an error, unknown ones not at all', () => {
  const way = plan('https://control.example/p', { types: ['new', 'disco'], ip: '100.64.0.2' });
  expect(way).toMatchObject({ answer: 'post', by: 'outside' });
  expect(JSON.parse('body' in way ? way.body! : '')).toMatchObject({ Type: 'disco', IP: '100.64.0.2', Err: expect.any(String) });
  expect(plan('https://control.example/p', { types: ['new'] }).answer).toBe('ignore');
});

test('c2n goes through the channel whatever the URL says; it echoes, and knows nothing else', () => {
  const c2n = plan('https://169.254.169.254/c2n/1', { types: ['c2n'], payload: bytes('POST /echo HTTP/1.1\r\nA: b\r\n\r\nhé') });
  expect(c2n).toMatchObject({ answer: 'post', by: 'channel', to: '/c2n/1' });
  expect('body' in c2n && c2n.body).toBe('HTTP/1.1 200 OK\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: 3\r\n\r\nhé');
  expect(answerC2n(bytes('GET /debug/prefs HTTP/1.1\r\n\r\n'))).toContain('400 Bad Request');
  expect(answerC2n(bytes('GET /debug/prefs HTTP/1.1\r\n\r\n'))).toContain('unknown c2n path');
  expect(answerC2n(bytes('PUT /echo HTTP/1.1\r\n\r\n'))).toContain('405 Method Not Allowed');
  expect(answerC2n(undefined)).toContain('400');
});

test('no payload makes c2n throw', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (payload) => void answerC2n(payload)),
    { seed: 1, numRuns: 500 },
  );
});
