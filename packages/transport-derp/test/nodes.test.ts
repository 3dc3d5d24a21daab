import { staticControl } from '@heddle/control-static';
import { createNode, type HeddleNode } from '@heddle/core';
import { memoryStack, simHost, VirtualClock } from '@heddle/testing';
import { expect, test } from 'vitest';
import { derp } from '../src/derp.js';
import { keyPair, RelayBench, relayMap } from './relay-bench.js';
import { hex } from './relay-server.js';

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');

test('two nodes with static control that know each other only by a key on a relay reach each other', async () => {
  const bench = new RelayBench(new VirtualClock({ now: 1_000, turn: () => new Promise((done) => setImmediate(done)) }));
  const relay = await bench.relay('r', {}, 10);
  const relays = relayMap([relay.node]);
  const node = (name: string, address: string, peer: string, peerAddress: string): HeddleNode =>
    createNode({ hostname: name }, [
      simHost(bench.host(name, 10)),
      staticControl({
        privateKey: base64(keyPair(name).privateKey),
        addresses: [`${address}/24`],
        peers: [
          {
            name: peer,
            publicKey: base64(keyPair(peer).publicKey),
            allowedIps: [peerAddress],
            endpoint: `derp:900/${hex(keyPair(peer).publicKey)}`,
          },
        ],
      }),
      derp({ relays, plain: true }),
      memoryStack(),
    ]);
  const [a, b] = [node('ann', '10.0.0.1', 'bob', '10.0.0.2'), node('bob', '10.0.0.2', 'ann', '10.0.0.1')];
  await bench.clock.settle(Promise.all([a.start(), b.start()]));
  await bench.clock.advanceAsync(1_000);
  expect(relay.server.clients.size).toBe(2);
  const milliseconds = await bench.clock.settle(a.ping('bob', { signal: new AbortController().signal }));
  expect(milliseconds).toBeLessThan(500);
  await bench.clock.settle(Promise.all([a.close(), b.close()]));
  await bench.clock.advanceAsync(100);
  expect(relay.server.clients.size).toBe(0);
});
