import { type Bind, PacketBatch } from '@heddle/core';
import { expect, test } from 'vitest';
import { memoryBind } from '../parts/memory-bind.js';
import { PoisonContext } from '../rules/foundation/poison-context.js';
import { VirtualClock } from '../time/virtual-clock.js';
import { SimNetwork } from './sim-network.js';
import { SimWire } from './sim-wire.js';

test('memory Binds over simulated hosts: links and NATs act on them, and answers go where a packet came from', async () => {
  const clock = new VirtualClock();
  const net = new SimNetwork({ seed: 1, clock });
  const home = net.lan('home');
  net.nat('nat', { inside: home, insideAddress: '10.0.0.1/24', outside: net.internet, outsideAddress: '203.0.113.1' });
  const inner = net.host('inner', { ports: [{ on: home, addresses: ['10.0.0.2/24'], link: { delay: 20 } }] });
  const network = new SimWire([inner, net.host('server', { ports: [{ on: net.internet, addresses: ['192.0.2.1'] }] })]);
  const [a, b] = [memoryBind({ network, name: 'inner' }), memoryBind({ network, name: 'server' })];
  const heard: string[] = [];
  const listen = (bind: Bind, answer: boolean): void => {
    bind.datagrams$.subscribe((batch) => {
      heard.push(`${clock.now()} ${batch.remote!.text.replace(/:\d+$/, '')}`);
      if (answer) bind.send(batch.remote!, PacketBatch.of(Uint8Array.of(2)));
    });
  };
  listen(a, false);
  listen(b, true);
  for (const bind of [a, b]) await bind.open(new PoisonContext(clock, 1), new AbortController().signal);
  a.send(a.parse('mem:server')!, PacketBatch.of(Uint8Array.of(1)));
  clock.advance(100);
  expect(heard).toEqual(['20 mem:203.0.113.1', '40 mem:server']);
  await Promise.all([a.close(), b.close()]);
});
