import { expect, test } from 'vitest';
import { MemoryNodes } from '../../test/memory-nodes.js';
import { lineSchema, readLines, reassemble } from '../../test/traffic-reader.js';
import { TrafficLog, trafficLog } from '../index.js';

test('the log is added to a running node and removed under its flows, which do not notice; it sees those that opened meanwhile', async () => {
  const nodes = await new MemoryNodes([]).start();
  const { a, b, clock } = nodes;
  const echo = await b.node.flows.bindUdp!({ port: 7 }, (datagram, from) => void echo.send(datagram, from));
  const heard: string[] = [];
  const bind = () => a.node.flows.bindUdp!({}, (datagram) => void heard.push(new TextDecoder().decode(datagram)));
  const say = async (port: Awaited<ReturnType<typeof bind>>, text: string): Promise<void> => {
    port.send(new TextEncoder().encode(text), { address: b.address, port: 7 });
    await clock.advanceAsync(100);
  };
  const early = await bind();
  await say(early, 'one');
  const chunks: Uint8Array[] = [];
  const plugin = trafficLog({ to: (chunk) => void chunks.push(chunk.slice()) });
  await clock.settle(a.node.add(plugin));
  const late = await bind();
  await say(early, 'two');
  await say(late, 'three');
  await clock.settle(a.node.remove(plugin));
  await say(late, 'four');
  await say(early, 'five');
  expect(heard).toEqual(['one', 'two', 'three', 'four', 'five']);
  const lines = readLines(chunks);
  const isLine = lineSchema();
  expect(lines.every((line) => isLine(line))).toBe(true);
  expect(lines.map(({ event }) => event)).toEqual(['open', 'data', 'data', 'close']);
  expect(lines[0]).toMatchObject({ protocol: 'udp', direction: 'out', remote: { address: b.address, port: 7 }, peer: { name: 'bob' } });
  expect([reassemble(lines, 1, 'out'), reassemble(lines, 1, 'in')].map(String)).toEqual(['three', 'three']);
  expect(lines[3]).toMatchObject({ bytes: { in: 5, out: 5 }, error: 'log-ended' });
  await nodes.close();
});

test('without a sink nothing is logged until it is asked for', async () => {
  const nodes = await new MemoryNodes([trafficLog()]).start();
  const log = nodes.a.node.get(TrafficLog);
  const chunks: Uint8Array[] = [];
  const recording = log.start({ to: (chunk) => void chunks.push(chunk.slice()), only: ({ remote }) => remote.port === 9 });
  const port = await nodes.a.node.flows.bindUdp!({}, () => {});
  for (const to of [8, 9]) port.send(Uint8Array.of(to), { address: nodes.b.address, port: to });
  await port.close();
  await nodes.clock.settle(recording.stop());
  await recording.stop();
  expect(readLines(chunks).map((line) => (line.event === 'open' ? line.remote.port : line.event))).toEqual([9, 'data', 'close']);
  expect(recording.counts).toEqual({ written: 3, dropped: 0 });
  expect(() => trafficLog({ to: () => {}, queueBytes: 1 })).toThrow(expect.objectContaining({ code: 'HEDDLE_RECORDING_OPTIONS' }));
  await nodes.close();
});
