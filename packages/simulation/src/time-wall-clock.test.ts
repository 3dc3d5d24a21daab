import { expect, test } from 'vitest';
import { TimeHost } from './time-host.js';
import { keptState, timePair } from './time-pair.js';
import { longestGap, peerOf } from './udp-nodes.js';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const TEN_YEARS = 3_652 * DAY;

test.each([
  ['-1 h', -HOUR],
  ['+1 h', HOUR],
  ['+10 y', TEN_YEARS],
])('G1: a wall clock that is set by %s while datagrams flow loses none of them, for five minutes and through two rekeys', async (_, by) => {
  const { nodes, odd, time, steady } = await timePair();
  const flows = [await nodes.flow(odd, steady), await nodes.flow(steady, odd)];
  await nodes.clock.advanceAsync(10_000);
  const at = nodes.clock.now();
  time.setDate(by);
  await nodes.clock.advanceAsync(300_000);
  for (const flow of flows) {
    expect(longestGap(flow, at, nodes.clock.now())).toBeLessThanOrEqual(200);
    flow.stop();
  }
  await nodes.clock.advanceAsync(1_000);
  for (const flow of flows) expect(flow.heard.size).toBe(flow.sent);
  expect(odd.node.status().life).toBe('running');
  await nodes.close(odd, steady);
});

test('G1: a date that is set back and forth fifty times does not disturb new handshakes', async () => {
  const { nodes, odd, time, steady } = await timePair();
  for (let i = 0; i < 50; i++) {
    time.setDate(i % 2 === 0 ? -HOUR : HOUR);
    await nodes.clock.advanceAsync(200_000);
    expect(await nodes.clock.settle(odd.node.ping(steady.address), { within: 1_000 })).toBeLessThan(300);
  }
  await nodes.close(odd, steady);
});

test('G1: a node that restarts a day earlier is answered at once, because its stamps go on', async () => {
  const state = keptState();
  const { nodes, odd, host, steady } = await timePair({ state });
  await nodes.clock.settle(odd.node.ping(steady.address));
  await nodes.clock.advanceAsync(600_000);
  await nodes.clock.settle(odd.node.ping(steady.address));
  await nodes.close(odd);

  const earlier = new TimeHost(host);
  earlier.setDate(-DAY);
  const again = nodes.make('odd', host, { ...odd, surroundings: earlier.surroundings });
  await nodes.clock.settle(again.node.start());
  again.control.set({ self: { name: 'odd', addresses: ['10.0.0.1/24'] }, peers: [peerOf(steady)] });
  await nodes.clock.advanceAsync(1);
  expect(await nodes.clock.settle(again.node.ping(steady.address), { within: 2_000 })).toBeLessThan(300);
  await nodes.close(again, steady);
});
