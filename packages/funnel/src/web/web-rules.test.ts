import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseRange } from './byte-range.js';
import { cleanPath } from './clean-path.js';
import { belowMount, findMount } from './find-mount.js';
import { endToEnd, headerRecord, isClaim, pairsOf, withoutClaims } from './headers.js';
import { parseHttpDate } from './http-date.js';
import { encodeQ } from './q-encoding.js';
import { findSite, hostName } from './request-host.js';
import { parseRequestTarget } from './request-target.js';
import { upstreamPath } from './upstream-path.js';
import { forwardedHeaders, identityHeaders } from './visitor-headers.js';

test('the longest mount above a path is found, whole names only', () => {
  const mounts = new Map(['/', '/a', '/a/b/', '/c/'].map((mount) => [mount, mount]));
  const at = (path: string) => findMount(mounts, path)?.mount;
  expect([at('/'), at('/x'), at('/a'), at('/a/'), at('/ab'), at('/a/b'), at('/a/b/c'), at('/c'), at('/c/d'), at('/c/../a/x')]).toEqual([
    '/',
    '/',
    '/a',
    '/a',
    '/',
    '/a/b/',
    '/a/b/',
    '/c/',
    '/c/',
    '/a',
  ]);
  expect(findMount(new Map([['/a', 1]]), '/b')).toBeUndefined();
});

test('ten thousand folders of a visitor are not looked for one by one', () => {
  let looks = 0;
  class Watched extends Map<string, number> {
    override get(key: string): number | undefined {
      looks += key.length;
      return super.get(key);
    }
  }
  const deep = `/a/b${'/c'.repeat(10_000)}`;
  const mounts = new Watched([
    ['/', 0],
    ['/a/b', 1],
    ['/a/b/d/e', 2],
  ]);
  expect(findMount(mounts, deep)?.target).toBe(1);
  expect(findMount(new Watched([['/x', 1]]), deep)).toBeUndefined();
  expect(findMount(new Watched(), deep)).toBeUndefined();
  expect(looks).toBeLessThan(4 * deep.length);
});

test('the mount is the same as when every folder above the path is looked for', () => {
  const part = fc.constantFrom('a', 'b', 'ab', '', '.', '..');
  const path = fc.array(part, { maxLength: 6 }).map((parts) => `/${parts.join('/')}`);
  const slow = (mounts: ReadonlyMap<string, string>, wanted: string): string | undefined => {
    if (mounts.has(wanted)) return wanted;
    for (let at = cleanPath(wanted); ; at = at.slice(0, Math.max(1, at.lastIndexOf('/')))) {
      const found = [`${at}/`, at].find((mount) => mounts.has(mount));
      if (found !== undefined || at === '/') return found;
    }
  };
  fc.assert(
    fc.property(fc.array(path, { maxLength: 5 }), path, (mounts, wanted) => {
      const all = new Map(mounts.map((mount) => [mount, mount]));
      expect(findMount(all, wanted)?.target).toBe(slow(all, wanted));
    }),
    { seed: 1, numRuns: 2_000 },
  );
});

test('a cleaned path has no way up left', () => {
  expect([cleanPath('/a/./b//../c/'), cleanPath('/../..'), cleanPath('a/..')]).toEqual(['/a/c', '/', '.']);
  fc.assert(
    fc.property(fc.array(fc.constantFrom('..', '.', '', 'a', 'b')), (parts) => {
      expect(cleanPath(`/${parts.join('/')}`)).toMatch(/^\/([ab](\/[ab])*)?$/);
    }),
    { seed: 1, numRuns: 1_000 },
  );
});

test('what lies below a mount is cut as it is written', () => {
  expect([
    belowMount('/a/x', '/a'),
    belowMount('/a', '/a/'),
    belowMount('/a%20b/x', '/a b'),
    belowMount('/x/../a/y', '/a'),
    belowMount('/ab', '/a'),
    belowMount('/%61/x', '/a'),
  ]).toEqual(['/x', '', '/x', undefined, undefined, undefined]);
});

test('paths are joined to their target by one slash, queries by an ampersand', () => {
  const at = { path: '/base/', query: '?a=1' };
  expect([
    upstreamPath(at, '/x', '?b=2'),
    upstreamPath(at, '', ''),
    upstreamPath({ path: '/', query: '' }, '/x', '?b'),
    upstreamPath({ path: '/', query: '' }, '', ''),
  ]).toEqual(['/base/x?a=1&b=2', '/base/?a=1', '/x?b', '/']);
});

test('a request target is a path, or nothing', () => {
  expect(parseRequestTarget('/a%20b?c=%20')).toEqual({ rawPath: '/a%20b', path: '/a b', query: '?c=%20' });
  expect(parseRequestTarget('http://host:1?x')).toEqual({ rawPath: '/', path: '/', query: '?x' });
  for (const text of ['*', '', 'a/b', '/%', '/%00', '/%ff']) expect([text, parseRequestTarget(text)]).toEqual([text, undefined]);
});

test('hosts are compared without port, case and the dot at the end', () => {
  expect([hostName('Web.Tail:8080'), hostName('web.'), hostName('[FD7A::1]:80'), hostName(undefined)]).toEqual([
    'web.tail',
    'web',
    'fd7a::1',
    '',
  ]);
});

test('a site is found by its own name, by ours for the node, and by no other', () => {
  const own = { name: 'web.tail.example', hostname: 'Web1', addresses: ['100.64.0.1', 'fd7a::1'] };
  const sites = new Map([
    ['', 'own'],
    ['docs.tail.example', 'docs'],
  ]);
  const at = (host: string) => findSite(sites, host, own);
  expect(['web.tail.example', 'web', 'web1', '100.64.0.1', 'fd7a:0::1', 'docs', 'docs.tail.example'].map(at)).toEqual([
    'own',
    'own',
    'own',
    'own',
    'own',
    'docs',
    'docs',
  ]);
  expect(['', 'tail.example', 'evil.example', '100.64.0.2'].map(at)).toEqual([undefined, undefined, undefined, undefined]);
  expect(findSite(new Map([['*', 'any']]), 'evil.example', own)).toBe('any');
});

test('headers of one connection do not go on, nor what a visitor claims to be (F12)', () => {
  const raw = [
    'Connection',
    'close, X-Hop',
    'X-Hop',
    '1',
    'Keep-Alive',
    '5',
    'Upgrade',
    'h2c',
    'Accept',
    'a',
    ':path',
    '/',
    'TE',
    'gzip',
    'Transfer-Encoding',
    'chunked',
  ];
  expect(endToEnd(pairsOf(raw))).toEqual([['Accept', 'a']]);
  const claims = [
    'tailscale-user-login',
    'TAILSCALE_USER_LOGIN',
    'Tailscale-Anything',
    'X-Forwarded-For',
    'X_Forwarded_Proto',
    'Forwarded',
  ];
  for (const name of claims) expect([name, isClaim(name)]).toEqual([name, true]);
  expect(
    withoutClaims([
      ['X-Forwarded-Port', '1'],
      ['Tailscale', 'x'],
    ]),
  ).toHaveLength(2);
});

test('several values of one name stay several', () => {
  expect({
    ...headerRecord([
      ['Set-Cookie', 'a'],
      ['set-cookie', 'b'],
      ['X', '1'],
    ]),
  }).toEqual({ 'Set-Cookie': ['a', 'b'], X: '1' });
});

test('names that are not ASCII are encoded as RFC 2047 says, in words of 75 at most', () => {
  expect(encodeQ('Ann O=Neil')).toBe('Ann O=Neil');
  expect(encodeQ('Jürgen Müller_?')).toBe('=?utf-8?q?J=C3=BCrgen_M=C3=BCller=5F=3F?=');
  expect(encodeQ('\ud800')).toBe('');
  expect(encodeQ('a\r\nX: b')).toBe('=?utf-8?q?a=0D=0AX:_b?=');
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 60 }), (text) => {
      const words = encodeQ(text);
      expect(words).toMatch(/^[\t\x20-\x7e]*$/);
      if (words === text) return;
      for (const word of words.split(' ')) expect(word.length).toBeLessThanOrEqual(75);
      const bytes = words
        .replace(/\?= =\?utf-8\?q\?|=\?utf-8\?q\?|\?=/g, '')
        .replaceAll('_', ' ')
        .replace(/=([0-9A-F]{2})/g, '%$1')
        .replace(/%(?![0-9A-F]{2})/g, '%25');
      expect(decodeURIComponent(bytes)).toBe(text);
    }),
    { seed: 1, numRuns: 1_000 },
  );
});

test('who asks is told of users, not of tags, and granted capabilities only where they are accepted', () => {
  const capabilities = new Map([
    ['example.com/cap/a', [{ x: 1 }]],
    ['example.com/cap/b', []],
  ]);
  const asked = { host: 'web', tls: true, acceptAppCaps: ['example.com/cap/a', 'example.com/cap/c'] };
  const tagged = { address: '100.64.0.2', funnel: false, capabilities };
  expect(identityHeaders(tagged, asked)).toEqual([['Tailscale-App-Capabilities', '{"example.com/cap/a":[{"x":1}]}']]);
  expect(
    identityHeaders({ ...tagged, user: { loginName: 'a', displayName: 'b' } }, { ...asked, acceptAppCaps: [] }).map(([name]) => name),
  ).toEqual(['Tailscale-User-Login', 'Tailscale-User-Name', 'Tailscale-User-Profile-Pic', 'Tailscale-Headers-Info']);
  expect(identityHeaders({ ...tagged, funnel: true }, asked)).toEqual([['Tailscale-Funnel-Request', '?1']]);
  expect(forwardedHeaders(tagged, { ...asked, tls: false })).toEqual([
    ['X-Forwarded-For', '100.64.0.2'],
    ['X-Forwarded-Host', 'web'],
  ]);
});

test('one range is a part, several are the whole, and one beyond the end is none', () => {
  expect(['bytes=0-0', 'bytes=5-', 'bytes=-4', 'bytes=2-99', 'bytes=-99'].map((header) => parseRange(header, 10))).toEqual([
    { first: 0, last: 0 },
    { first: 5, last: 9 },
    { first: 6, last: 9 },
    { first: 2, last: 9 },
    { first: 0, last: 9 },
  ]);
  expect(['bytes=10-', 'bytes=-0'].map((header) => parseRange(header, 10))).toEqual(['none', 'none']);
  expect([undefined, 'bytes=', 'bytes=-', 'bytes=3-2', 'items=0-1', 'bytes=0-1,2-3'].map((header) => parseRange(header, 10))).toEqual(
    Array(6).fill('whole'),
  );
});

test('dates of HTTP are read as Date reads them', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 4_000_000_000 }), (seconds) => {
      expect(parseHttpDate(new Date(seconds * 1000).toUTCString())).toBe(seconds);
    }),
    { seed: 1, numRuns: 1_000 },
  );
  expect([parseHttpDate(''), parseHttpDate('Sunday, 06-Nov-94 08:49:37 GMT')]).toEqual([undefined, undefined]);
});

test('no way leads above the mount of a target, however it is written', () => {
  for (const path of ['/../x', '/a/../../x', '/%2e%2E/x', '/..%2fx', '/a/..%5c..%5cx', '/\\..\\x', '/.%2e'])
    expect([path, belowMount(path, '/')]).toEqual([path, undefined]);
  for (const path of ['/a/../x', '/...', '/a..b/..c', '/%252e%252e/x', '//x']) expect(belowMount(path, '/')).toBe(path);
});
