import { type CounterFamily, Tokens } from '@heddle/core';
import { expect, test } from 'vitest';
import { type Member, Tailnet } from '../test/tailnet.js';

function value({ node }: Member, name: string, label: string): number {
  const family = node
    .get(Tokens.Counters)
    .read()
    .find((one) => one.plugin === '@heddle/path-disco' && one.name === name);
  return family!.samples.find(({ labels }) => Object.values(labels)[0] === label)!.value;
}

test('pings, pongs and calls are counted on both sides, and peers by how they are reached', async () => {
  const net = new Tailnet();
  const [ann, bob] = [net.place({ nat: 'port restricted' }), net.place({ nat: 'port restricted' })];
  await net.start();
  const peers = (state: string): number => value(ann, 'peers', state);
  expect([peers('direct'), peers('relay')]).toEqual([0, 1]);
  await net.ping(ann, bob);
  const flow = await net.flow(ann, bob);
  await net.clock.advanceAsync(5_000);
  flow.stop();
  expect([peers('direct'), peers('relay')]).toEqual([1, 0]);
  expect(value(ann, 'messages_sent', 'call-me-maybe')).toBeGreaterThan(0);
  expect(value(bob, 'messages_received', 'call-me-maybe')).toBeGreaterThan(0);
  expect(value(ann, 'messages_received', 'pong')).toBeGreaterThan(0);
  expect(value(ann, 'messages_received', 'pong')).toBeLessThanOrEqual(value(ann, 'messages_sent', 'ping'));
  expect(value(bob, 'messages_sent', 'pong')).toBe(value(bob, 'messages_received', 'ping'));
  await net.close();
});

test.each<CounterFamily['name']>(['messages_sent', 'messages_received'])('%s begins at zero', async (name) => {
  const net = new Tailnet();
  const ann = net.place();
  await net.start();
  expect(['ping', 'pong', 'call-me-maybe'].map((kind) => value(ann, name, kind))).toEqual([0, 0, 0]);
  await net.close();
});
