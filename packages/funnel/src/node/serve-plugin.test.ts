import { createNode, type Plugin } from '@heddle/core';
import { memoryControl, memoryStack } from '@heddle/testing';
import { expect, test } from 'vitest';
import { OTHER, WEB } from '../../test/test-certificates.js';
import { ownCertificates } from './own-certificates.js';
import { serve } from './serve-plugin.js';

const stack = (offers: readonly string[]): Plugin => ({ ...memoryStack(), offers });

function refusal(plugins: readonly Plugin[]): string {
  try {
    createNode({}, plugins);
    return '';
  } catch (error) {
    return (error as Error).message;
  }
}

test('a Stack without interception is refused before anything starts, with cause and cure', () => {
  const text = refusal([memoryControl(), stack(['stack.tcp']), serve()]);
  expect(text).toContain('@heddle/funnel requires stack.intercept');
  expect(text).toContain('offers only stack.tcp');
  expect(text).toMatch(/netstack\(\)/);
  expect(refusal([memoryControl(), stack(['stack.intercept']), serve()])).toBe('');
});

test('TLS without certificates is refused before anything starts, with cause and cure', () => {
  const secure = serve({ ports: { 443: { https: 3000 } } });
  const text = refusal([memoryControl(), stack(['stack.intercept']), secure]);
  expect(text).toContain('@heddle/funnel requires tls.certificates');
  expect(text).toMatch(/ownCertificates/);
  expect(refusal([memoryControl(), stack(['stack.intercept']), secure, ownCertificates({ 'web.tail.example': WEB })])).toBe('');
});

test('options that cannot be served are refused at once', () => {
  expect(() => serve({ ports: { 80: {} as never, 70000: { tcp: 1 } } })).toThrow(/port 80.*port 70000/);
  expect(() => serve({ ports: { 80: { http: 1 } }, config: { TCP: { 80: { HTTP: true } } } })).toThrow(
    'port 80 stands in ports and in config',
  );
  expect(() => serve({ ports: { 80: { http: { '/': { nothing: 1 } as never } } } })).toThrow('port 80 /');
});

test('what a configuration could not say again is refused before it is served or kept', () => {
  const refused = [
    { text: '' },
    { files: '' },
    { redirect: '' },
    { text: 5 },
    { proxy: 1, acceptAppCaps: 'example.com/cap/a' },
    '/srv/files',
  ] as unknown as 1[];
  for (const mount of refused)
    expect(() => serve({ ports: { 80: { http: { '/a': mount } } } }), JSON.stringify(mount)).toThrow('port 80 /a');
  for (const site of ['', 'a b', 'a/b', 'a:80'])
    expect(() => serve({ ports: { 80: { http: 1, sites: { [site]: 1 } } } })).toThrow(`"${site}" is no name of a site`);
});

test('own certificates are checked with their keys, exchanged as a whole, and hold for one label below a star', async () => {
  expect(() => ownCertificates({ a: { ...WEB, key: OTHER.key } })).toThrow('the key of a does not belong to its certificate');
  expect(() => ownCertificates({ a: { ...WEB, certificate: 'x' } })).toThrow('cannot be read');
  const own = ownCertificates({ 'Web.Tail.Example': WEB });
  const source = (own.provides[0]!.create as () => import('../certificate-source.js').CertificateSource)();
  expect(await source.for('web.tail.example')).toBe(WEB);
  expect(() => own.reload({ b: { ...WEB, key: '' } })).toThrow();
  expect(await source.for('web.tail.example')).toBe(WEB);
  own.reload({ '*.tail.example': OTHER });
  expect([await source.for('web.tail.example'), await source.for('a.web.tail.example'), await source.for('tail.example')]).toEqual([
    OTHER,
    undefined,
    undefined,
  ]);
});
