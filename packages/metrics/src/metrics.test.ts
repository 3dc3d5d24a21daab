import { definePlugin, provide, Tokens, token } from '@heddle/core';
import { expect, test } from 'vitest';
import { MemoryNodes } from '../test/memory-nodes.js';
import { Metrics, metrics } from './metrics.js';
import { type MetricsSnapshot, metricValue } from './snapshot.js';

const ended = [
  'heddle_inbound_packets_total',
  'heddle_inbound_bytes_total',
  'heddle_outbound_packets_total',
  'heddle_outbound_bytes_total',
];

test('packets and bytes by path are those that the network carried', async () => {
  const nodes = await new MemoryNodes([metrics()]).start();
  for (let i = 0; i < 10; i++) await nodes.clock.settle(nodes.a.node.ping(nodes.b.address));
  const mine = nodes.a.node.get(Metrics).snapshot();
  const [of] = nodes.b.node.status().traffic;
  expect(ended.map((name) => metricValue(mine, name, { path: 'mem' }))).toEqual([
    of!.sentPackets,
    of!.sentBytes,
    of!.receivedPackets,
    of!.receivedBytes,
  ]);
  expect(of!.sentPackets).toBeGreaterThanOrEqual(11);
  expect(metricValue(mine, 'heddle_inbound_packets_total', { path: 'derp' })).toBe(0);
  expect(metricValue(mine, 'heddle_handshakes_total')).toBe(1);
  await nodes.close();
});

test('who is reached how, and why, is one family; a change of path shows in the next look', async () => {
  const nodes = await new MemoryNodes([metrics()]).start();
  const look = (labels = {}): number | undefined => metricValue(nodes.a.node.get(Metrics).snapshot(), 'heddle_peers', labels);
  expect(look({ path: 'mem', reason: 'configured, not heard from yet' })).toBe(1);
  await nodes.clock.settle(nodes.a.node.ping(nodes.b.address));
  expect(look({ path: 'mem', reason: 'last authenticated packet came from here' })).toBe(1);
  await nodes.clock.settle(nodes.a.node.remove('@heddle/testing/mem'));
  expect(look({ path: 'none' })).toBe(1);
  expect(look()).toBe(1);
  await nodes.close();
});

test('snapshots$ shows a change of path within a second, and asks for no timer while nobody listens', async () => {
  const nodes = await new MemoryNodes([metrics()]).start();
  const reasons: unknown[] = [];
  const pathOf = (snapshot: MetricsSnapshot): void => {
    reasons.push(snapshot.families.find(({ name }) => name === 'heddle_peers')!.samples[0]!.labels.reason);
  };
  const listening = nodes.a.node.get(Metrics).snapshots$.subscribe(pathOf);
  expect(reasons).toEqual(['configured, not heard from yet']);
  await nodes.clock.settle(nodes.a.node.ping(nodes.b.address));
  await nodes.clock.advanceAsync(1_000);
  expect(reasons.at(-1)).toBe('last authenticated packet came from here');
  const withListener = nodes.clock.pending;
  listening.unsubscribe();
  expect(nodes.clock.pending).toBe(withListener - 1);
  await nodes.close();
});

test('a node in trouble says which plugin has which warning', async () => {
  const nodes = await new MemoryNodes([metrics()]).start();
  const look = (labels: Record<string, string>): number | undefined =>
    metricValue(nodes.a.node.get(Metrics).snapshot(), 'heddle_health_messages', labels);
  expect(look({ type: 'warning' })).toBe(0);
  nodes.a.node.get(Tokens.Counters).show('@heddle/metrics', {
    name: 'broken',
    type: 'gauge',
    says: 'Throws.',
    read: () => {
      throw new Error('no');
    },
  });
  nodes.a.node.get(Metrics).snapshot();
  expect(look({ plugin: '@heddle/metrics', code: 'HEDDLE_PLUGIN_FAULT' })).toBe(1);
  await nodes.close();
});

test('a plugin shows numbers of its own, and takes them along when it goes', async () => {
  const Phone = token<{ readonly dials: number }>('test/Phone');
  const phone = definePlugin({
    name: 'phone',
    provides: [
      provide(Phone, [Tokens.Counters], (counters) => {
        counters.show('phone', { name: 'dials', type: 'counter', says: 'Calls that were begun.', read: () => 3 });
        return { dials: 3 };
      }),
    ],
  });
  const nodes = await new MemoryNodes([metrics()]).start();
  const text = (): string => nodes.a.node.get(Metrics).text();
  await nodes.a.node.add(phone);
  expect(text()).toContain('# HELP heddle_phone_dials_total Calls that were begun.\n# TYPE heddle_phone_dials_total counter\n');
  expect(text()).toContain('heddle_phone_dials_total 3\n');
  await nodes.clock.settle(nodes.a.node.remove(phone));
  expect(text()).not.toContain('heddle_phone');
  await nodes.close();
});

test('switched on and off on a running node, metrics disturb no flow: every datagram arrives, in order, without a new handshake', async () => {
  const nodes = await new MemoryNodes().start();
  const heard: number[] = [];
  await nodes.b.node.flows.bindUdp!({ port: 7 }, (datagram) => void heard.push(datagram[0]!));
  const port = await nodes.a.node.flows.bindUdp!({}, () => {});
  const send = (n: number): void => void port.send(Uint8Array.of(n), { address: nodes.b.address, port: 7 });
  for (let n = 0; n < 100; n++) {
    send(n);
    if (n % 20 === 5) await nodes.clock.settle(nodes.a.node.add(metrics()));
    if (n % 20 === 10) nodes.a.node.get(Metrics).text();
    if (n % 20 === 15) await nodes.clock.settle(nodes.a.node.remove('@heddle/metrics'));
    await nodes.clock.advanceAsync(10);
  }
  expect(heard).toEqual(Array.from({ length: 100 }, (_, n) => n));
  await nodes.clock.settle(nodes.a.node.add(metrics()));
  expect(metricValue(nodes.a.node.get(Metrics).snapshot(), 'heddle_handshakes_total')).toBe(1);
  await nodes.close();
});

test('what was counted does not fall when metrics, or a Bind, come anew', async () => {
  const nodes = await new MemoryNodes([metrics()]).start();
  await nodes.clock.settle(nodes.a.node.ping(nodes.b.address));
  const look = (): number => metricValue(nodes.a.node.get(Metrics).snapshot(), 'heddle_outbound_packets_total', { path: 'mem' })!;
  const before = look();
  await nodes.clock.settle(nodes.a.node.remove('@heddle/testing/mem'));
  expect(look()).toBe(before);
  await nodes.close();
});

test('the listeners of snapshots$ are told when metrics go', async () => {
  const nodes = await new MemoryNodes([metrics()]).start();
  let over = false;
  nodes.a.node.get(Metrics).snapshots$.subscribe({
    complete: () => {
      over = true;
    },
  });
  await nodes.clock.settle(nodes.a.node.remove('@heddle/metrics'));
  expect(over).toBe(true);
  await nodes.close();
});

test.each([{ interval: 0 }, { interval: Number.NaN }, { labelSets: 1 }])('the options %j are refused by name', (options) => {
  expect(() => metrics(options)).toThrow(
    expect.objectContaining({ code: 'HEDDLE_METRICS_OPTIONS', message: expect.stringContaining(Object.keys(options)[0]!) }),
  );
});
