import { expect, test } from 'vitest';
import type { LocalEndpoint } from '../contracts/remote.js';
import { NetworkWatch, outsideTunnel } from './network-watch.js';

const at = (address: string, kind: LocalEndpoint['kind'] = 'local'): LocalEndpoint => {
  const text = `udp:${address}:7`;
  return { kind, remote: { scheme: 'udp', text, id: new Uint8Array(1), limitKey: address, ip: { address, port: 7 } } };
};

test('an address of our own tunnel is no place to be reached at, and its coming and going is no move', () => {
  const own = ['100.64.0.1/32', 'fd7a::1'];
  const before = [at('192.0.2.1'), at('203.0.113.1', 'stun')];
  const after = [...before, at('100.64.0.1'), at('fd7a::1')];
  expect(outsideTunnel(after, own)).toEqual(before);
  const watch = new NetworkWatch();
  const bind = {};
  expect([outsideTunnel(before, own), outsideTunnel(after, own)].map((list) => watch.moved(bind, list))).toEqual([false, false]);
});

test('an endpoint without an IP address stays', () => {
  const relay: LocalEndpoint = { kind: 'relay', remote: { scheme: 'derp', text: 'derp:1/k', id: new Uint8Array(1), limitKey: 'k' } };
  expect(outsideTunnel([relay], ['100.64.0.1'])).toEqual([relay]);
});

test('another address is a move; the first ones, none at all, and another outer place are not', () => {
  const watch = new NetworkWatch();
  const bind = {};
  const told = [[at('192.0.2.1')], [], [at('192.0.2.1'), at('203.0.113.1', 'stun')], [at('192.0.2.2')]];
  expect(told.map((list) => watch.moved(bind, list))).toEqual([false, false, false, true]);
});
