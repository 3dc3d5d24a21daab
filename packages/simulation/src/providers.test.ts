import { createNode } from '@heddle/core';
import { type CryptoOptions, chooseCrypto, nobleProvider, stablelibProvider, wasmProvider } from '@heddle/crypto';
import { MemoryNetwork, memory, memoryStack, SeededRandom, VirtualClock } from '@heddle/testing';
import { expect, test } from 'vitest';
import { members, staticPeers } from './static-peers.js';

const NOBLE: CryptoOptions = { force: 'noble' };
const NODE: CryptoOptions = { force: { x25519: 'node', mac: 'node', packets: 'node', chacha20poly1305: 'node' } };
const BROWSER: CryptoOptions = { providers: [wasmProvider, stablelibProvider, nobleProvider] };

const pairs: readonly (readonly [name: string, a: CryptoOptions, b: CryptoOptions])[] = [
  ['noble alone and the default', NOBLE, {}],
  ['all that node:crypto offers and noble alone', NODE, NOBLE],
  ['a browser’s and all that node:crypto offers', BROWSER, NODE],
  ['the default and a browser’s', {}, BROWSER],
];

const datagrams = [0, 1, 3, 4, 5, 64, 255, 1_000, 1_392].map((size) => new Uint8Array(size).map((_, i) => i));

test.each(pairs)('nodes with %s for providers shake hands and exchange packets of every size, in poisoned slabs', async (_, ...options) => {
  const clock = new VirtualClock({ turn: () => new Promise((done) => setImmediate(done)) });
  const network = new MemoryNetwork();
  const random = new SeededRandom(5);
  const all = members(2);
  const nodes = all.map((self) => {
    const name = `n${self.index}`;
    const crypto = chooseCrypto(options[self.index] as CryptoOptions);
    const surroundings = { clock, random: random.fork(name), crypto, poison: true };
    return createNode({ hostname: name, ...surroundings }, [staticPeers(self, all), memory({ network, name }), memoryStack()]);
  });
  for (const node of nodes) await clock.settle(node.start());
  const arrived: Uint8Array[][] = [[], []];
  const ports = nodes.map((node, i) => node.flows.bindUdp!({ port: 9 }, (bytes) => void arrived[i]!.push(bytes.slice())));
  const [a, b] = await clock.settle(Promise.all(ports));
  for (const [i, node] of nodes.entries()) await clock.settle(node.ping(all[1 - i]!.address));
  for (const bytes of datagrams) {
    a!.send(bytes, { address: all[1]!.address, port: 9 });
    b!.send(bytes, { address: all[0]!.address, port: 9 });
  }
  await clock.advanceAsync(1_000);
  expect(arrived).toEqual([datagrams, datagrams]);
  expect(nodes.map((node) => node.status().drops)).toEqual([{}, {}]);
  expect(nodes.map((node) => node.status().peers[0]?.lastHandshake)).not.toContain(0);
  for (const node of nodes) await clock.settle(node.close());
});
