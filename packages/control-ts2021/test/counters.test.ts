import { expect, test } from 'vitest';
import { ts2021Counters } from '../src/counters.js';
import { Bench } from './bench.js';
import { peerNode } from './memory-server.js';

test('frames, changes, keep-alives and connections are counted, and the silence since the last word', async () => {
  const bench = new Bench({ authKey: 'k' });
  const shown = (): Record<string, unknown> => Object.fromEntries(ts2021Counters(bench.control).map(({ name, read }) => [name, read()]));
  expect(shown()).toEqual({ connections: 0, polls: 0, map_frames: 0, map_patches: 0, keep_alives: 0, silent_seconds: [] });
  await bench.open();
  await bench.pass(1_000);
  const first = shown();
  expect(first).toMatchObject({ connections: 1, polls: 1, map_frames: 1, map_patches: 1, keep_alives: 0 });
  bench.server.send({ PeersChanged: [peerNode(7)] });
  bench.server.send({ KeepAlive: true });
  await bench.pass(30_000);
  expect(shown()).toMatchObject({ polls: 1, map_frames: 3, map_patches: 2, keep_alives: 1 });
  expect(shown().silent_seconds).toBeCloseTo(30, 0);
  bench.server.restart();
  await bench.pass(30_000);
  expect(shown()).toMatchObject({ connections: 2, polls: 2 });
  await bench.close();
});
