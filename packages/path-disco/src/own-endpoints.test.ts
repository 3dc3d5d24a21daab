import type { LocalEndpoint } from '@heddle/core';
import { formatAddressPort } from '@heddle/wire';
import { expect, test } from 'vitest';
import { OwnEndpoints } from './own-endpoints.js';

function at(address: string, kind: LocalEndpoint['kind'] = 'local'): LocalEndpoint {
  const text = `udp:${address}:41641`;
  return { kind, remote: { scheme: 'udp', text, id: new Uint8Array(1), limitKey: address, ip: { address, port: 41_641 } } };
}

const texts = (calls: ReturnType<OwnEndpoints['calls']>): readonly (readonly string[])[] =>
  calls.map((call) => call.map(formatAddressPort));

function told(...lists: (readonly LocalEndpoint[])[]): OwnEndpoints {
  const own = new OwnEndpoints();
  for (const list of lists) own.set(list);
  return own;
}

test('another local address is a move; another place outside is none; the same list is no change', () => {
  const own = told([at('192.0.2.1')]);
  expect(own.set([at('192.0.2.1')])).toBeUndefined();
  expect(own.set([at('192.0.2.1'), at('203.0.113.1', 'stun')])).toEqual({ type: 'endpoints', gone: [] });
  expect(own.set([at('192.0.2.1'), at('203.0.113.2', 'stun')])).toEqual({ type: 'endpoints', gone: ['203.0.113.1:41641'] });
  expect(own.set([at('192.0.2.9')])).toEqual({ type: 'moved', gone: ['192.0.2.1:41641', '203.0.113.2:41641'].sort().reverse() });
});

test('a place that a server saw is gone with the address that it was', () => {
  const own = told([at('192.0.2.1')], [at('192.0.2.1'), at('192.0.2.1', 'stun')]);
  expect(own.set([at('192.0.2.9'), at('192.0.2.1', 'stun')])).toEqual({ type: 'moved', gone: ['192.0.2.1:41641'] });
  expect(texts(own.calls(['192.0.2.1:41641'])).at(-1)).toEqual(['192.0.2.9:41641']);
});

test('while there is no place at all none is gone; what is not there afterwards is', () => {
  const own = told([at('192.0.2.1')]);
  expect(own.set([])).toEqual({ type: 'endpoints', gone: [] });
  expect(own.set([at('192.0.2.2')])).toEqual({ type: 'endpoints', gone: ['192.0.2.1:41641'] });
});

test('a call names what is likely to be reached first, and nothing of a tailnet', () => {
  const own = told([at('192.0.2.1'), at('100.64.0.1'), at('203.0.113.1', 'stun')]);
  expect(texts(own.calls([]))).toEqual([['203.0.113.1:41641', '192.0.2.1:41641']]);
});

test('E9 E10: where something is gone, one call names it, and the next one does not', () => {
  const own = told([at('192.0.2.1')]);
  expect(texts(own.calls(['192.0.2.7:41641', 'garbage']))).toEqual([['192.0.2.7:41641', '192.0.2.1:41641'], ['192.0.2.1:41641']]);
});

test('what is there again is not gone, and without any place nothing is said to be', () => {
  expect(texts(told([at('192.0.2.1')]).calls(['192.0.2.1:41641']))).toEqual([['192.0.2.1:41641']]);
  expect(texts(told([]).calls(['192.0.2.1:41641']))).toEqual([[]]);
});
