import { expect, test } from 'vitest';
import { timePair } from './time-pair.js';
import { longestGap } from './udp-nodes.js';

const TEN_MINUTES = 600_000;

test('G2: after ten minutes of sleep flows in both directions are back within three seconds', async () => {
  const { nodes, odd, time, steady } = await timePair();
  const flows = [await nodes.flow(odd, steady), await nodes.flow(steady, odd)];
  await nodes.clock.advanceAsync(10_000);
  time.suspend(TEN_MINUTES);
  await nodes.clock.advanceAsync(TEN_MINUTES);
  const awake = nodes.clock.now();
  await nodes.clock.advanceAsync(30_000);
  for (const flow of flows) expect(longestGap(flow, awake, nodes.clock.now())).toBeLessThanOrEqual(3_000);
  await nodes.close(odd, steady);
});

test('G2: who sleeps and then only sends does not wait for the timers that find out that nobody understands it', async () => {
  const { nodes, odd, time, steady } = await timePair();
  const flow = await nodes.flow(odd, steady);
  await nodes.clock.advanceAsync(10_000);
  time.suspend(TEN_MINUTES);
  await nodes.clock.advanceAsync(TEN_MINUTES);
  const awake = nodes.clock.now();
  await nodes.clock.advanceAsync(30_000);
  expect(longestGap(flow, awake, nodes.clock.now())).toBeLessThanOrEqual(3_000);
  await nodes.close(odd, steady);
});
