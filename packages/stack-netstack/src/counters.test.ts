import { expect, test } from 'vitest';
import { echoServer, receiveAll, sendAll } from '../test/streams.js';
import { TwoStacks } from '../test/two-stacks.js';
import { netstackCounters } from './counters.js';

function numbers(two: TwoStacks, index: 0 | 1): Record<string, unknown> {
  return Object.fromEntries(netstackCounters(two.stacks[index]).map(({ name, read }) => [name, flat(read())]));
}

function flat(read: number | readonly { readonly labels: object; readonly value: number }[]): unknown {
  if (typeof read === 'number') return read;
  return Object.fromEntries(read.filter(({ value }) => value > 0).map(({ labels, value }) => [Object.values(labels).join(), value]));
}

test('connections count by who began them and how they ended, and what was lost as sent again', async () => {
  const two = await new TwoStacks({ delay: 5 }, 1, { tcp: { timeWait: 1_000 } }).open();
  await two.stacks[1].flows.listen({ port: 7 }, echoServer);
  const flow = await two.clock.settle(two.stacks[0].flows.connect({ address: '10.0.0.2', port: 7 }));
  await two.clock.advanceAsync(20);
  expect(numbers(two, 0)).toMatchObject({ tcp_connections: 1, tcp_opened: { ours: 1 }, tcp_ended: {}, tcp_resent_segments: 0 });
  expect(numbers(two, 1)).toMatchObject({ tcp_connections: 1, tcp_opened: { theirs: 1 } });
  two.wire = { delay: 5, loss: 0.1 };
  const got = receiveAll(flow);
  sendAll(flow, new Uint8Array(200_000));
  await two.clock.settle(got.done);
  two.wire = { delay: 5 };
  await two.clock.advanceAsync(10_000);
  expect(numbers(two, 0)).toMatchObject({ tcp_connections: 0, tcp_ended: { closed: 1 } });
  expect(numbers(two, 0).tcp_resent_segments).toBeGreaterThan(0);
});

test('a connection that nobody wants counts as refused here and as ended there', async () => {
  const two = await new TwoStacks({ delay: 5 }).open();
  const refused = two.stacks[0].flows.connect({ address: '10.0.0.2', port: 7 }).then(
    () => 'opened',
    () => 'refused',
  );
  expect(await two.clock.settle(refused)).toBe('refused');
  expect(numbers(two, 0)).toMatchObject({ tcp_ended: { refused: 1 }, tcp_opened: {} });
  expect(numbers(two, 1)).toMatchObject({ tcp_refused: 1 });
});

test('a path that is gone shows as timeouts', async () => {
  const two = await new TwoStacks({ delay: 5 }).open();
  await two.stacks[1].flows.listen({ port: 7 }, echoServer);
  const flow = await two.clock.settle(two.stacks[0].flows.connect({ address: '10.0.0.2', port: 7 }));
  two.wire = { delay: 5, loss: 1 };
  sendAll(flow, new Uint8Array(1_000));
  await two.clock.advanceAsync(5_000);
  expect(numbers(two, 0).tcp_timeouts).toBeGreaterThan(1);
});
