import { expect, test } from 'vitest';
import { bytes } from '../test/packet-script.js';
import { echoServer, receiveAll, sendAll } from '../test/streams.js';
import { TwoStacks } from '../test/two-stacks.js';

for (const address of ['10.0.0.1', 'fd00::1'])
  test(`a node connects to ${address}, which is itself, and nothing of it reaches the wire`, async () => {
    const two = await new TwoStacks({ delay: 5 }).open();
    const [self] = two.stacks;
    await self.flows.listen({ port: 80 }, echoServer);
    const flow = await two.clock.settle(self.flows.connect({ address, port: 80 }));
    expect(flow.local.address).toBe(address);
    const got = receiveAll(flow);
    const data = new Uint8Array(50_000).map((_, i) => i * 7);
    sendAll(flow, data);
    expect(Buffer.compare(await two.clock.settle(got.done), data)).toBe(0);
    expect(two.packets).toBe(0);
  });

test('a datagram to an own address arrives, and ping answers', async () => {
  const two = await new TwoStacks({ delay: 5 }).open();
  const [self] = two.stacks;
  const got: unknown[] = [];
  await self.flows.bindUdp({ port: 53 }, (datagram, from) => got.push([datagram.length, from]));
  const port = await self.flows.bindUdp({ port: 4000 }, () => {});
  expect(port.send(bytes('hello'), { address: '10.0.0.1', port: 53 })).toBe(true);
  expect(got).toEqual([]);
  await two.clock.advanceAsync(1);
  expect(got).toEqual([[5, { address: '10.0.0.1', port: 4000 }]]);
  expect(await two.clock.settle(self.flows.ping('10.0.0.1'))).toBeLessThan(1);
  expect(two.packets).toBe(0);
});

test('a closed port of the own node refuses', async () => {
  const two = await new TwoStacks({ delay: 5 }).open();
  await expect(two.clock.settle(two.stacks[0].flows.connect({ address: '10.0.0.1', port: 81 }))).rejects.toMatchObject({
    code: 'ECONNREFUSED',
  });
});
