import fc from 'fast-check';
import { expect, test } from 'vitest';
import { adoptConfig } from './adopt-config.js';
import { decodeConfig } from './decode-config.js';
import { encodeConfig } from './encode-config.js';
import { endsTls, tlsNames, withOwnName } from './own-name.js';
import { EMPTY_PLAN, type MountTarget, OWN_NAME, type Plan, type Service } from './plan.js';
import type { ServeConfig } from './serve-config.js';
import { parseProxyTarget, parseTcpTarget, splitHostPort } from './targets.js';

/** As `tailscale serve status --json` prints it, with each kind of handler. */
const EVERYTHING: ServeConfig = {
  TCP: {
    80: { HTTP: true },
    443: { HTTPS: true },
    5432: { TCPForward: '127.0.0.1:5432', TerminateTLS: 'node.tail.ts.net', ProxyProtocol: 2 },
    6000: { TCPForward: 'unix:/run/app.sock' },
  },
  Web: {
    'node.tail.ts.net:80': { Handlers: { '/': { Text: 'hi' } } },
    'node.tail.ts.net:443': {
      Handlers: {
        '/': { Proxy: 'http://127.0.0.1:3000' },
        '/caps': { Proxy: '3001', AcceptAppCaps: ['example.com/cap/a'] },
        '/files': { Path: '/srv/files' },
        '/old': { Redirect: '301:https://elsewhere' },
        '/odd': { Redirect: '302:301:there' },
        '/raw': { Proxy: 'unix:/run/web.sock' },
      },
    },
  },
  AllowFunnel: { 'node.tail.ts.net:443': true },
};

test('a configuration of Tailscale is read and written without loss', () => {
  expect(encodeConfig(decodeConfig(EVERYTHING), '')).toEqual(EVERYTHING);
  const renamed = withOwnName(decodeConfig(EVERYTHING), 'Node.tail.ts.net');
  expect(JSON.stringify([...renamed.funnel])).toBe('[[":443",true]]');
  expect(encodeConfig(renamed, 'node.tail.ts.net')).toEqual(EVERYTHING);
});

test('what is written is adopted as no change, whatever functions are served beside it', () => {
  const handler = { kind: 'in-process', handler: () => {} } as const;
  const mounts = new Map<string, MountTarget>([
    ['/f', handler],
    ['/t', { kind: 'text', text: 't' }],
  ]);
  const services: [number, Service][] = [
    [7, { kind: 'tcp', target: handler, proxyProtocol: 0 }],
    [8, { kind: 'web', tls: false, sites: new Map([[OWN_NAME, mounts]]) }],
  ];
  const named = withOwnName(decodeConfig(EVERYTHING), 'node.tail.ts.net').ports;
  const plan: Plan = { ports: new Map([...named, ...services]), funnel: new Map() };
  const written = encodeConfig(plan, 'node.tail.ts.net');
  const adopted = adoptConfig(plan, withOwnName(decodeConfig(written), 'node.tail.ts.net'));
  expect([...adopted.ports].toSorted(([a], [b]) => a - b)).toEqual([...plan.ports].toSorted(([a], [b]) => a - b));
  expect([...adoptConfig(plan, EMPTY_PLAN).ports.keys()]).toEqual([7, 8]);
  expect(() => adoptConfig(plan, decodeConfig({ TCP: { 7: { TCPForward: 'a:1' } } }))).toThrow('port 7 is served by the program itself');
});

test('everything that is wrong is told at once, with its place', () => {
  const wrong = {
    TCP: {
      80: { HTTP: true, HTTPS: true },
      x: { HTTP: true },
      81: { TCPForward: 'nowhere' },
      82: { TCPForward: 'a:1', ProxyProtocol: 3 },
      83: { HTTP: true, Fancy: 1 },
    },
    Web: { 'a:83': { Handlers: { b: { Text: 'x' }, '/c': {}, '/d': { Proxy: 'http://' } } }, 'a:99': { Handlers: {} }, bad: {} },
    AllowFunnel: { nowhere: true },
    Services: { 'svc:a': {} },
    Foreground: { s: {} },
  };
  const places = [
    'TCP.80',
    'TCP.x',
    'TCP.81.TCPForward',
    'TCP.82.ProxyProtocol',
    'unknown field Fancy',
    '"a:83"]["b"]',
    '"a:83"]["/c"]',
    '/d"].Proxy',
    'Web …:99',
    'Web["bad"]',
    'AllowFunnel["nowhere"]',
    'Services',
    'Foreground',
  ];
  let message = '';
  try {
    decodeConfig(wrong);
  } catch (error) {
    message = (error as Error).message;
  }
  for (const place of places) expect(message).toContain(place);
});

test('no value that JSON can carry makes the reader throw anything but its own error', () => {
  const soup = fc.letrec((tie) => ({
    value: fc.oneof(
      fc.boolean(),
      fc.integer(),
      fc.string(),
      fc.constant(null),
      fc.array(tie('value'), { maxLength: 2 }),
      fc.dictionary(
        fc.constantFrom('TCP', 'Web', '80', 'a:80', 'Handlers', '/', 'HTTP', 'Proxy', 'TCPForward', 'AllowFunnel', '__proto__'),
        tie('value'),
        { maxKeys: 3 },
      ),
    ),
  })).value;
  fc.assert(
    fc.property(soup, (value) => {
      try {
        decodeConfig(value);
      } catch (error) {
        expect(error).toMatchObject({ code: 'HEDDLE_SERVE_CONFIG' });
      }
    }),
    { seed: 1, numRuns: 2_000 },
  );
});

test('targets are read in all their forms, and nothing else is one', () => {
  expect(parseProxyTarget('3000')).toMatchObject({ host: '127.0.0.1', port: 3000, path: '/', secure: false });
  expect(parseProxyTarget('https+insecure://[::1]:8443/a?b=1')).toMatchObject({
    host: '::1',
    port: 8443,
    path: '/a',
    query: '?b=1',
    secure: true,
    insecure: true,
  });
  expect(parseProxyTarget('localhost:8080/x')).toMatchObject({ host: 'localhost', port: 8080, path: '/x' });
  expect(parseProxyTarget('unix:/run/a')).toMatchObject({ socketPath: '/run/a' });
  for (const text of ['', '/srv/files', 'http:///a', 'unix:', 'http://', 'ftp://a', 'http://user:pass@a', '70000', 'http://a:0'])
    expect([text, parseProxyTarget(text)]).toEqual([text, undefined]);
  expect(parseTcpTarget('[fd7a::1]:22')).toMatchObject({ host: 'fd7a::1', port: 22 });
  for (const text of ['', 'a', 'a:0', 'a:65536', 'a:b', ':', 'a:1:2', 'unix:'])
    expect([text, parseTcpTarget(text)]).toEqual([text, undefined]);
  expect(splitHostPort('a.b:1')).toEqual({ host: 'a.b', port: 1 });
});

test('the names that need certificates are those where TLS ends', () => {
  const plan = withOwnName(decodeConfig(EVERYTHING), 'node.tail.ts.net');
  expect([endsTls(plan), tlsNames(plan, 'node.tail.ts.net')]).toEqual([true, ['node.tail.ts.net']]);
  expect(endsTls(EMPTY_PLAN)).toBe(false);
});

test('fields of a wrong type, and names that an object has by itself, are told and not passed over', () => {
  const wrong = [
    '{"__proto__":{}}',
    '{"TCP":{"443":{"HTTPS":true,"TCPForward":5}}}',
    '{"TCP":{"443":{"HTTPS":true,"HTTP":"yes"}}}',
    '{"TCP":{"443":{"HTTPS":true,"constructor":1}}}',
    '{"TCP":{"443":{"HTTPS":true}},"Web":{"a.b:443":{"Handlers":{"/":{"Text":"a","Path":["/"]}}}}}',
    '{"TCP":{"443":{"HTTPS":true},"0443":{"HTTP":true}}}',
    '{"TCP":{"__proto__":{"HTTPS":true}}}',
    '{"AllowFunnel":{"a.b:443":"true"}}',
  ];
  for (const text of wrong)
    expect(() => decodeConfig(JSON.parse(text)), text).toThrow(expect.objectContaining({ code: 'HEDDLE_SERVE_CONFIG' }));
  expect(Object.hasOwn(Object.prototype, 'HTTPS')).toBe(false);
});
