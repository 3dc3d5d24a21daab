import { expect, test } from 'vitest';
import { echoServer, receiveAll, sendAll } from '../test/streams.js';
import { TwoStacks } from '../test/two-stacks.js';

test('a thousand connections at once echo, and leave nothing behind', async () => {
  const two = await new TwoStacks({ delay: 5, loss: 0.01 }, 3, { tcp: { timeWait: 1_000 } }).open();
  await two.stacks[1].flows.listen({ port: 7, backlog: 2_000 }, echoServer);
  const answers = Array.from({ length: 1_000 }, async (_, i) => {
    const flow = await two.stacks[0].flows.connect({ address: '10.0.0.2', port: 7 });
    const got = receiveAll(flow);
    sendAll(flow, new TextEncoder().encode(`number ${i}`.repeat(50)));
    return new TextDecoder().decode(await got.done) === `number ${i}`.repeat(50);
  });
  expect((await two.clock.settle(Promise.all(answers))).every(Boolean)).toBe(true);
  await two.clock.advanceAsync(10_000);
  expect(two.clock.pending).toBeLessThanOrEqual(2);
});

test('more SYNs at once than the backlog takes are served with cookies, and none is lost', async () => {
  const two = await new TwoStacks({ delay: 5 }, 4).open();
  await two.stacks[1].flows.listen({ port: 7, backlog: 16 }, echoServer);
  const answers = Array.from({ length: 300 }, async () => {
    const flow = await two.stacks[0].flows.connect({ address: '10.0.0.2', port: 7 });
    const got = receiveAll(flow);
    sendAll(flow, new Uint8Array(5_000));
    return (await got.done).length;
  });
  expect(await two.clock.settle(Promise.all(answers))).toEqual(new Array(300).fill(5_000));
  expect(two.drops[1]!.get('tcp-cookie-sent')).toBeGreaterThan(200);
});
