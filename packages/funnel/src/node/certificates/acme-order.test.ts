import { createHash, createPrivateKey, X509Certificate } from 'node:crypto';
import type { Clock, TextRecord } from '@heddle/core';
import { TrustedAuthorities } from '@heddle/core/node';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { CA_CERTIFICATE, problem, ScriptedCa } from '../../../test/scripted-ca.js';
import { memoryState, NODE_NAME } from '../../../test/serve-bench.js';
import { WEB } from '../../../test/test-certificates.js';
import type { Certificate } from '../../certificate-source.js';
import { AccountKey } from './account-key.js';
import { type AcmeGround, orderCertificate } from './acme-order.js';
import { alpnChallenger, type DnsHook, dnsChallenger, httpChallenger, OpenAnswers } from './challenger.js';

const logged: string[] = [];
const log = (fields: object, text: string): void => void logged.push(`${text} ${JSON.stringify(fields)}`);
const logger = { debug: log, info: log, warn: log, error: log };
const never = new AbortController().signal;
const state = memoryState();
const trust = new TrustedAuthorities([CA_CERTIFICATE]);

/** Pauses between two looks pass at once, deadlines never. */
const hasty: Clock = {
  now: () => 0,
  wall: () => Date.parse('2026-12-01T00:00:00Z'),
  at(time, run) {
    if (time > 10_000) return () => {};
    const soon = setImmediate(run);
    return () => clearImmediate(soon);
  },
};

let ca: ScriptedCa;
const records = new Map<string, string>();
const hook: DnsHook = {
  set: async ({ name, value }: TextRecord) => void records.set(name, value),
  remove: ({ name }) => void records.delete(name),
};

beforeEach(async () => {
  ca = await new ScriptedCa().open();
  records.clear();
  logged.length = 0;
});
afterEach(() => ca.close());

function ground(more: Partial<AcmeGround> = {}): AcmeGround {
  return {
    directoryUrl: `${ca.url}/dir`,
    email: 'ops@tail.example',
    externalAccount: undefined,
    trust,
    accountKey: new AccountKey(undefined, state, logger),
    challenger: dnsChallenger(hook),
    clock: hasty,
    logger,
    ...more,
  };
}

const order = (more: Partial<AcmeGround> = {}, name = NODE_NAME, signal = never): Promise<Certificate> =>
  orderCertificate(name, ground(more), signal);

const failure = (more: Partial<AcmeGround> = {}, name?: string): Promise<Error> =>
  order(more, name).then(
    () => new Error('it did not fail'),
    (error: Error) => error,
  );

test('an order goes from the account to the certificate with its chain and a key of its own; the record is there when the CA looks, and gone afterwards', async () => {
  const seen: string[][] = [];
  ca.look = () => seen.push([...records].flat());
  const { certificate, key } = await order();
  expect(certificate).toBe(WEB.certificate);
  expect(createPrivateKey(key).asymmetricKeyDetails).toMatchObject({ namedCurve: 'prime256v1' });
  expect(seen).toEqual([[`_acme-challenge.${NODE_NAME}`, expect.stringMatching(/^[\w-]{43}$/)]]);
  expect(records.size).toBe(0);
  expect(ca.said.get('/account')).toEqual({ termsOfServiceAgreed: true, contact: ['mailto:ops@tail.example'] });
  expect(ca.said.get('/order')).toEqual({ identifiers: [{ type: 'dns', value: NODE_NAME }] });
  expect(key).not.toBe((await order()).key);
});

test('the account is made once, and found again by the key that is kept; a kept key that is damaged is replaced', async () => {
  await order();
  const kept = state.get('certificates/account-key');
  ca.asked.length = 0;
  await order();
  expect(ca.asked.filter((path) => path === '/account')).toHaveLength(1);
  expect(state.get('certificates/account-key')).toBe(kept);
  await state.set('certificates/account-key', 'half a k');
  await order();
  expect(logged.join()).toContain('of no use');
  expect(state.get('certificates/account-key')).toContain('BEGIN PRIVATE KEY');
});

test('a nonce that the CA refuses costs a repetition, and not the order', async () => {
  ca.script['/order'] = (count) => (count === 1 ? problem(400, 'badNonce', 'try again', { 'replay-nonce': 'better' }) : undefined);
  expect((await order()).certificate).toBe(WEB.certificate);
});

test('a name that the CA has confirmed before is not asked for again', async () => {
  ca.authorization = 'valid';
  await order({ challenger: dnsChallenger({ set: () => Promise.reject(new Error('asked')) }) });
  expect(ca.asked.some((path) => path.startsWith('/challenge'))).toBe(false);
});

test('http-01 has the page, and tls-alpn-01 the certificate with the digest, open while the CA looks and no longer', async () => {
  const pages = new OpenAnswers<string>();
  const proofs = new OpenAnswers<Certificate>();
  let [page, proof]: [string | undefined, Certificate | undefined] = [undefined, undefined];
  ca.look = () => {
    page ??= pages.get('token-of-http-01');
    proof ??= proofs.get(NODE_NAME);
  };
  await order({ challenger: httpChallenger(pages) });
  ca.authorization = 'pending';
  await order({ challenger: alpnChallenger(proofs) });
  expect(page).toMatch(/^token-of-http-01\.[\w-]{43}$/);
  const shown = new X509Certificate(proof!.certificate);
  expect(shown.checkHost(NODE_NAME)).toBe(NODE_NAME);
  expect(shown.checkPrivateKey(createPrivateKey(proof!.key))).toBe(true);
  const expected = createHash('sha256').update(page!.replace('http-01', 'tls-alpn-01')).digest();
  expect(shown.raw.includes(expected)).toBe(true);
  expect([pages.get('token-of-http-01'), proofs.get(NODE_NAME)]).toEqual([undefined, undefined]);
});

test('a name that the CA could not confirm is told in its words, on one line, and the record is taken out', async () => {
  ca.look = () => {
    ca.authorization = 'invalid';
  };
  const fault = await failure();
  expect(fault).toMatchObject({
    code: 'HEDDLE_CERTIFICATE_ORDER',
    message: `no certificate for ${NODE_NAME}: the CA could not confirm the name by dns-01: nothing was there for dns-01`,
  });
  expect(records.size).toBe(0);
});

test('a CA that is asked too often says for how long it does not want to be asked', async () => {
  ca.script['/order'] = () => problem(429, 'rateLimited', 'too many orders', { 'retry-after': '3600' });
  expect(await failure()).toMatchObject({ message: expect.stringContaining('too many orders'), retryAfter: 3_600_000 });
});

test('a CA that works on an order is asked again when it said, and not before; it may not say never', async () => {
  const processing = (after: string) => ({ headers: { 'retry-after': after }, body: { status: 'processing' } });
  const answers = [undefined, processing('7'), processing('999999')];
  ca.script['/order/1'] = (count) => answers[count - 1];
  const pauses: number[] = [];
  const at: Clock['at'] = (time, run) => {
    if (time < 300_000) pauses.push(time);
    return hasty.at(Math.min(time, time < 300_000 ? 0 : time), run);
  };
  await order({ clock: { ...hasty, at } });
  expect(pauses).toEqual([7_000, 60_000]);
});

test.each<[string, (ca: ScriptedCa) => Partial<AcmeGround>, RegExp]>([
  [
    'a record that cannot be set',
    () => ({ challenger: dnsChallenger({ set: () => Promise.reject(new Error('DNS is away')) }) }),
    /DNS is away/,
  ],
  [
    'a way that the CA does not offer',
    (one) => {
      one.script['/authorization/1'] = () => ({ body: { status: 'pending', challenges: [] } });
      return {};
    },
    /does not offer dns-01/,
  ],
  [
    'an answer that does not end',
    (one) => {
      one.script['/order'] = () => ({ body: 'x'.repeat(2 ** 21) });
      return {};
    },
    /more than a megabyte/,
  ],
  [
    'an answer that is not JSON',
    (one) => {
      one.script['/dir'] = () => ({ headers: { 'content-type': 'application/json' }, body: 'hello' });
      return {};
    },
    /JSON that is none/,
  ],
  [
    'a URL without TLS',
    (one) => {
      one.script['/dir'] = () => ({ body: { newNonce: 'http://localhost/nonce', newAccount: 'http://localhost/account' } });
      return {};
    },
    /not https/,
  ],
  ['a CA that nobody trusts', () => ({ trust: new TrustedAuthorities([]) }), /self.signed certificate/],
  [
    'an order that the CA gives up',
    (one) => {
      one.script['/order/1'] = () => ({ body: { status: 'invalid', error: { detail: 'the name is forbidden' } } });
      return {};
    },
    /calls the order invalid: the name is forbidden/,
  ],
])('%s fails the order with words for people', async (_what, change, words) => {
  const fault = await failure(change(ca));
  expect(fault).toMatchObject({ code: 'HEDDLE_CERTIFICATE_ORDER', message: expect.stringMatching(words) });
  expect(fault.message).not.toMatch(/PRIVATE KEY|\n/);
});

test.each(['web', '192.0.2.1', 'fd7a::1', 'Web.Example', '-a.example', ''])(
  'no CA is asked about "%s", which is no public name',
  async (name) => {
    expect(await failure({}, name)).toMatchObject({ code: 'HEDDLE_CERTIFICATE_ORDER' });
    expect(ca.asked).toEqual([]);
  },
);

test('an order ends with its signal, and takes out what it has shown', async () => {
  const end = new AbortController();
  ca.script['/authorization/1'] = (count) => {
    if (count === 3) end.abort(new Error('the node was closed'));
    return count === 1 ? undefined : { body: { status: 'pending', challenges: [] } };
  };
  await expect(order({}, NODE_NAME, end.signal)).rejects.toThrow('the node was closed');
  expect(records.size).toBe(0);
});
