import type { Flow } from '@heddle/core';
import { describe, expect, test } from 'vitest';
import { echoServer, receiveAll, sendAll } from '../test/streams.js';
import { TwoStacks } from '../test/two-stacks.js';

describe('over a wire without faults', () => {
  test('bytes that one side writes are what the other side reads, and both sides finish in order', async () => {
    const two = await new TwoStacks({ delay: 5 }).open();
    const result = await transfer(two, 1_000_000);
    expect(result.received).toBe(result.sent);
    expect(result.closed).toEqual([undefined, undefined]);
    expect(two.superPackets).toBeGreaterThan(0);
  });

  test('an answer comes back on the same connection after the question has been finished (half-close)', async () => {
    const two = await new TwoStacks({ delay: 5 }).open();
    await two.stacks[1].flows.listen({ port: 80 }, echoServer);
    const flow = await two.clock.settle(two.stacks[0].flows.connect({ address: '10.0.0.2', port: 80 }));
    const got = receiveAll(flow);
    sendAll(flow, new TextEncoder().encode('hello'));
    const answer = await two.clock.settle(got.done);
    expect(new TextDecoder().decode(answer)).toBe('hello');
  });

  test('connects over IPv6', async () => {
    const two = await new TwoStacks({ delay: 5 }).open();
    const accepted: Flow[] = [];
    await two.stacks[1].flows.listen({ port: 80 }, (flow) => accepted.push(flow));
    const flow = await two.clock.settle(two.stacks[0].flows.connect({ address: 'fd00::2', port: 80 }));
    expect(flow.remote).toEqual({ address: 'fd00::2', port: 80 });
    await two.clock.advanceAsync(20);
    expect(accepted[0]?.remote).toEqual(flow.local);
  });

  test('a closed port refuses at once', async () => {
    const two = await new TwoStacks({ delay: 5 }).open();
    await expect(two.clock.settle(two.stacks[0].flows.connect({ address: '10.0.0.2', port: 81 }))).rejects.toMatchObject({
      code: 'ECONNREFUSED',
    });
    expect(two.clock.now()).toBeLessThan(20);
  });
});

async function transfer(two: TwoStacks, bytes: number): Promise<{ sent: string; received: string; closed: unknown[] }> {
  let server: ReturnType<typeof receiveAll> | undefined;
  await two.stacks[1].flows.listen({ port: 80 }, (flow) => {
    server = receiveAll(flow);
    server.done.then(() => flow.shutdown());
  });
  const flow = await two.clock.settle(two.stacks[0].flows.connect({ address: '10.0.0.2', port: 80 }));
  const data = new Uint8Array(bytes);
  two.random.fork('data').fill(data);
  const client = receiveAll(flow);
  sendAll(flow, data);
  await two.clock.settle(client.done, { within: 3_600_000 });
  await two.clock.advanceAsync(70_000);
  return { sent: hash(data), received: hash(await server!.done), closed: [client.closed(), server!.closed()] };
}

/** FNV-1a over bytes and their number. */
function hash(bytes: Uint8Array): string {
  let value = 0x811c9dc5;
  for (const byte of bytes) value = Math.imul(value ^ byte, 0x01000193);
  return `${bytes.length}:${(value >>> 0).toString(16)}`;
}
