import type { IncomingMessage, ServerResponse } from 'node:http';
import { type CompositionError, createNode, definePlugin, type Plugin, provide, provideControl, token } from '@heddle/core';
import { MemoryControl, memoryControl, memoryStack } from '@heddle/testing';
import { expect, test } from 'vitest';
import { CA_CERTIFICATE, ScriptedCa } from '../../../test/scripted-ca.js';
import { memoryState, NODE_NAME } from '../../../test/serve-bench.js';
import { OTHER, WEB } from '../../../test/test-certificates.js';
import { type CertificateSource, Certificates } from '../../certificate-source.js';
import { ownCertificates } from '../own-certificates.js';
import { serve } from '../serve-plugin.js';
import { Acme, acmeCertificates } from './acme-certificates.js';
import type { AcmeOptions } from './acme-options.js';
import { inspect } from './inspect.js';

const OPTIONS: AcmeOptions = { directoryUrl: 'https://ca.example/directory', termsOfServiceAgreed: true, challenge: 'tls-alpn-01' };
const stack: Plugin = { ...memoryStack(), offers: ['stack.intercept'] };
const served = serve({ ports: { 443: { https: 3000 } } });

function problems(...plugins: Plugin[]): string {
  try {
    createNode({}, [memoryControl(), stack, served, ...plugins]);
    return '';
  } catch (error) {
    return (error as CompositionError).problems.map(({ what, cause, cure }) => `${what}; ${cause}; ${cure}`).join('\n');
  }
}

test('a node has one source of certificates: two are refused before anything starts', () => {
  expect(problems(acmeCertificates(OPTIONS))).toBe('');
  const text = problems(acmeCertificates(OPTIONS), ownCertificates({ [NODE_NAME]: WEB }));
  expect(text).toContain('@heddle/funnel/Certificates');
  expect(text).toContain('own-certificates');
});

test('records by a control that sets none are refused before anything starts, with cause and cure', () => {
  const text = problems(acmeCertificates({ ...OPTIONS, challenge: 'dns-01' }));
  expect(text).toContain('control.set-dns');
  expect(text).toMatch(/ts2021\(\).*tls-alpn-01/);
  expect(problems(acmeCertificates({ ...OPTIONS, challenge: { set: () => {} } }))).toBe('');
});

test('options that cannot be are refused at once, all of them in one error, without the secrets', () => {
  const wrong = {
    directoryUrl: 'http://ca.example',
    termsOfServiceAgreed: false,
    challenge: 'dns-02',
    email: 'me',
    accountKey: 'secret-key',
    trust: 'nobody',
    pauses: { least: 1 },
  } as unknown as AcmeOptions;
  expect(() => acmeCertificates(wrong)).toThrow(
    expect.objectContaining({
      code: 'HEDDLE_CERTIFICATE_OPTIONS',
      message: expect.stringMatching(/directoryUrl.*termsOfServiceAgreed.*challenge.*email.*accountKey.*trust.*pauses/),
    }),
  );
  expect(() => acmeCertificates(wrong)).toThrow(expect.not.objectContaining({ message: expect.stringContaining('secret-key') }));
});

test('what a CA asks at the answer of http-01 and is not open is not found', () => {
  const said: unknown[] = [];
  const response = { writeHead: (status: number) => said.push(status), end: (text: string) => said.push(text) };
  const { answer } = acmeCertificates({ ...OPTIONS, challenge: 'http-01' });
  answer({ url: '/.well-known/acme-challenge/x?y' } as IncomingMessage, response as unknown as ServerResponse);
  expect(said).toEqual([404, '']);
});

test('a node orders by the control that it has, when that has it in the tailnet; what goes wrong is the health of the plugin', async () => {
  const ca = await new ScriptedCa().open();
  const control = new MemoryControl({ netmap: { self: { name: NODE_NAME, addresses: ['100.64.0.1/32'] } } });
  control.state({ is: 'offline', reason: 'not yet' });
  const records: object[] = [];
  const setting = definePlugin({
    name: 'setting-control',
    offers: ['control.set-dns'],
    provides: [provideControl([], () => Object.assign(control.face(), { setDns: async (record: object) => void records.push(record) }))],
  });
  const serving = definePlugin({
    name: 'serving',
    provides: [
      provide(token<CertificateSource>('served'), [Certificates], (source) => source, { start: (source) => source.announce([NODE_NAME]) }),
    ],
  });
  const acme = acmeCertificates({ ...OPTIONS, directoryUrl: `${ca.url}/dir`, challenge: 'dns-01', trust: CA_CERTIFICATE });
  await using node = createNode({ state: memoryState() }, [setting, stack, serving, acme]);
  const ill = new Promise<string>((resolve) => {
    node.health$.subscribe(({ ok, text }) => void (ok || resolve(text ?? '')));
  });
  await node.start();
  expect(ca.asked).toEqual([]);
  control.state({ is: 'online' });
  await expect(node.get(Acme).renew(NODE_NAME)).rejects.toMatchObject({ code: 'HEDDLE_CERTIFICATE_ORDER' });
  // The CA of this test signs one key, which is not the node's.
  expect(await ill).toMatch(/is not for web\.tail\.example and its key; the next try is in/);
  expect(records).toEqual([{ name: `_acme-challenge.${NODE_NAME}`, value: expect.any(String) }]);
  expect(node.status().plugins.find(({ name }) => name === acme.name)?.health).toMatchObject({
    ok: false,
    code: 'HEDDLE_CERTIFICATE_ORDER',
  });
  ca.close();
});

test('a certificate is looked into: its name, its key, and from when to when it holds', () => {
  expect(inspect(WEB, NODE_NAME)).toEqual({ notBefore: Date.parse('2026-11-21T20:13:59Z'), notAfter: Date.parse('2126-10-28T20:13:59Z') });
  expect(inspect(WEB, 'other.example')).toBeUndefined();
  expect(inspect({ ...WEB, key: OTHER.key }, NODE_NAME)).toBeUndefined();
  expect(inspect({ ...WEB, certificate: WEB.certificate.slice(0, 200) }, NODE_NAME)).toBeUndefined();
});
