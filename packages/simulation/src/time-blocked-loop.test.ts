import { expect, test } from 'vitest';
import { timePair } from './time-pair.js';

const INITIATION = 1;

test('G3: an event loop that stands still for two seconds loses no datagram and begins no handshake', async () => {
  const { nodes, odd, time, steady } = await timePair();
  const flows = [await nodes.flow(odd, steady), await nodes.flow(steady, odd)];
  await nodes.clock.advanceAsync(10_000);
  const handshakes = time.sent.filter(({ type }) => type === INITIATION).length;
  for (let i = 0; i < 20; i++) {
    time.block(2_000);
    await nodes.clock.advanceAsync(4_700);
  }
  for (const flow of flows) flow.stop();
  await nodes.clock.advanceAsync(3_000);
  for (const flow of flows) expect(flow.heard.size).toBe(flow.sent);
  expect(time.sent.filter(({ type }) => type === INITIATION)).toHaveLength(handshakes);
  expect(odd.node.status().drops).toEqual({});
  await nodes.close(odd, steady);
});

test('G3: an answer that waited while the loop stood still is read before its retry is due', async () => {
  const { nodes, odd, time, steady } = await timePair({ delay: 2_200 });
  const ping = odd.node.ping(steady.address);
  ping.catch(() => {});
  await nodes.clock.advanceAsync(4_300);
  time.block(2_000);
  await nodes.clock.advanceAsync(20_000);
  expect(await ping).toBeLessThan(15_000);
  expect(time.sent.filter(({ type }) => type === INITIATION)).toHaveLength(1);
  await nodes.close(odd, steady);
});

test('G3: a loop that stands still again and again still keeps its timers', async () => {
  const { nodes, odd, time, steady } = await timePair();
  await nodes.clock.settle(odd.node.ping(steady.address));
  const flow = await nodes.flow(odd, steady);
  for (let i = 0; i < 400; i++) {
    time.block(900);
    await nodes.clock.advanceAsync(1_000);
  }
  flow.stop();
  await nodes.clock.advanceAsync(3_000);
  expect(flow.heard.size).toBe(flow.sent);
  expect(time.sent.filter(({ type }) => type === INITIATION).length).toBeGreaterThanOrEqual(3);
  await nodes.close(odd, steady);
});
