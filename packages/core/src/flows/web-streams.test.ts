import { SimNetwork, VirtualClock } from '@heddle/testing';
import { expect, test } from 'vitest';
import type { Flow } from '../contracts/flows.js';
import { flowStreams } from './web-streams.js';

const AT = { address: '192.0.2.2', port: 80 };

/** Both ends of a connection over a link of 10 ms. */
async function ends(): Promise<{ clock: VirtualClock; near: Flow; far: Flow }> {
  const clock = new VirtualClock();
  const net = new SimNetwork({ seed: 1, clock });
  const a = net.host('a', { ports: [{ on: net.internet, addresses: ['192.0.2.1'], link: { delay: 10 } }] });
  const b = net.host('b', { ports: [{ on: net.internet, addresses: [AT.address] }] });
  const accepted: Flow[] = [];
  await b.streams.listen(AT, (flow) => accepted.push(flow));
  const near = await clock.settle(a.streams.connect({ host: AT.address, port: 80 }, {}));
  return { clock, near, far: accepted[0]! };
}

async function all(readable: ReadableStream<Uint8Array>): Promise<Uint8Array> {
  return new Uint8Array(await new Response(readable).arrayBuffer());
}

test('a megabyte crosses unharmed, and closing one side leaves the other open', async () => {
  const { clock, near, far } = await ends();
  const [left, right] = [flowStreams(near), flowStreams(far)];
  const bytes = Uint8Array.from({ length: 1_000_000 }, (_, i) => (i * 31) % 251);
  const got = all(right.readable);
  const writer = left.writable.getWriter();
  void writer.write(bytes).then(() => writer.close());
  expect(Buffer.compare(await clock.settle(got), bytes)).toBe(0);
  const back = all(left.readable);
  const answer = right.writable.getWriter();
  void answer.write(new Uint8Array([1, 2, 3])).then(() => answer.close());
  expect(await clock.settle(back)).toEqual(new Uint8Array([1, 2, 3]));
});

test('a write settles when the flow has taken it, and nothing is read before it is asked for', async () => {
  const { clock, near, far } = await ends();
  const [left, right] = [flowStreams(near), flowStreams(far)];
  const writer = left.writable.getWriter();
  let settled = false;
  const write = writer.write(new Uint8Array(200_000)).then(() => {
    settled = true;
  });
  await clock.advanceAsync(5_000);
  expect(settled).toBe(false);
  const reader = right.readable.getReader();
  let count = 0;
  const read = async (): Promise<void> => {
    while (count < 200_000) count += (await reader.read()).value?.length ?? 0;
  };
  await clock.settle(Promise.all([read(), write]));
  expect([settled, count]).toEqual([true, 200_000]);
});

test('a reset errors both streams at the other side', async () => {
  const { clock, near, far } = await ends();
  const [left, right] = [flowStreams(near), flowStreams(far)];
  const reading = right.readable.getReader().read();
  const writing = right.writable.getWriter();
  const failed = Promise.all([
    expect(reading).rejects.toMatchObject({ code: 'HEDDLE_FLOW_ENDED' }),
    expect(writing.closed).rejects.toThrow('reset'),
  ]);
  await left.readable.cancel();
  await clock.settle(failed);
});

test('aborting a write that waits resets the flow', async () => {
  const { clock, near, far } = await ends();
  const [left, right] = [flowStreams(near), flowStreams(far)];
  const writer = left.writable.getWriter();
  const waiting = expect(writer.write(new Uint8Array(200_000))).rejects.toThrow('enough');
  await clock.advanceAsync(100);
  const aborted = writer.abort(new Error('enough'));
  const reader = right.readable.getReader();
  const read = async (): Promise<void> => {
    for (;;) if ((await reader.read()).done) return;
  };
  await clock.settle(Promise.all([waiting, aborted.catch(() => {}), expect(read()).rejects.toMatchObject({ code: 'HEDDLE_FLOW_ENDED' })]));
});
