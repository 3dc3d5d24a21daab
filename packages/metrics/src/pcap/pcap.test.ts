import { decodeIpv4 } from '@heddle/wire';
import { expect, test } from 'vitest';
import { MemoryNodes } from '../../test/memory-nodes.js';
import { readBlocks, readOptions, readPackets } from '../../test/pcapng-reader.js';
import { Metrics, metrics, metricValue, Pcap, pcap } from '../index.js';

/** Two nodes, the first of which can capture; and what was captured. */
async function scene() {
  const nodes = await new MemoryNodes([pcap(), metrics()]).start();
  const chunks: Uint8Array[] = [];
  const to = (chunk: Uint8Array): void => void chunks.push(chunk.slice());
  const ping = (): Promise<number> => nodes.clock.settle(nodes.a.node.ping(nodes.b.address));
  return { nodes, to, ping, file: () => Buffer.concat(chunks), service: nodes.a.node.get(Pcap) };
}

test('a capture is a file that can be read while it grows: clear packets with path and peer, and what carries them', async () => {
  const { nodes, to, ping, file, service } = await scene();
  const capture = service.start({ to });
  await nodes.clock.advanceAsync(1);
  expect(readBlocks(file()).map(({ type }) => type)).toEqual([0x0a0d0d0a, 1, 1, 1]);
  await ping();
  await nodes.clock.advanceAsync(1);
  const packets = readPackets(file());
  const clear = packets.filter((packet) => packet.interface === 0);
  expect(clear.map(({ flags, comment }) => `${flags} ${comment}`)).toEqual([`2 path mem:bob peer bob`, `1 path mem:bob peer bob`]);
  for (const { data, originalLength } of clear) expect(decodeIpv4(data)!.payload.length + 20).toBe(originalLength);
  const carried = packets.filter((packet) => packet.interface === 2);
  expect(carried.map(({ flags, originalLength }) => [flags, originalLength]).slice(0, 2)).toEqual([
    [2, 148],
    [1, 92],
  ]);
  expect(carried.every(({ comment }) => comment === 'path mem:bob')).toBe(true);
  expect(capture.counts).toEqual({ written: packets.length, dropped: 0 });
  await nodes.clock.settle(capture.stop());
  await nodes.close();
});

test('nothing is captured before start, after stop, and of what was not asked for; a capture ends with its statistics', async () => {
  const { nodes, to, ping, file, service } = await scene();
  await ping();
  const capture = service.start({ to, outer: false, snapLength: 20 });
  await ping();
  await nodes.clock.settle(capture.stop());
  const before = file().length;
  await ping();
  expect(file().length).toBe(before);
  expect(readPackets(file()).map(({ interface: id, data }) => [id, data.length])).toEqual([
    [0, 20],
    [0, 20],
  ]);
  expect(readBlocks(file()).at(-1)!.type).toBe(5);
  await nodes.close();
});

test('a sink that is too slow costs packets of the file, which are counted, and none of the node', async () => {
  const { nodes, ping, service } = await scene();
  const capture = service.start({ to: () => new Promise<void>(() => {}), queueBytes: 4096 });
  for (let i = 0; i < 40; i++) await ping();
  expect(capture.counts.dropped).toBeGreaterThan(50);
  const snapshot = nodes.a.node.get(Metrics).snapshot();
  expect(metricValue(snapshot, 'heddle_metrics_pcap_packets_dropped_total')).toBe(capture.counts.dropped);
  expect(metricValue(snapshot, 'heddle_inbound_packets_total')).toBeGreaterThan(40);
  expect(nodes.a.node.status().drops).toEqual({});
  await nodes.close();
});

test('a capture that had no room for packets ends with how many, although its queue was full', async () => {
  const { nodes, ping, service } = await scene();
  const chunks: Uint8Array[] = [];
  let free = (): void => {};
  const to = (chunk: Uint8Array): Promise<void> => {
    chunks.push(chunk.slice());
    return new Promise((resolve) => {
      free = resolve;
    });
  };
  const capture = service.start({ to, snapLength: 1, queueBytes: 4096 });
  for (let i = 0; i < 60; i++) await ping();
  const stopped = capture.stop();
  free();
  await nodes.clock.advanceAsync(1);
  free();
  await nodes.clock.settle(stopped);
  const missing = readBlocks(Buffer.concat(chunks))
    .filter(({ type }) => type === 5)
    .map(({ body }) => readOptions(body.subarray(12)).get(5)!.readUInt32LE(0));
  expect(missing.length).toBe(2);
  expect(missing.reduce((a, b) => a + b, 0)).toBe(capture.counts.dropped);
  await nodes.close();
});

test('captures that are asked for nothing, or for too little, are refused', async () => {
  const { nodes, to, service } = await scene();
  expect(() => service.start({ to, clear: false, outer: false })).toThrow(expect.objectContaining({ code: 'HEDDLE_RECORDING_OPTIONS' }));
  expect(() => service.start({ to, snapLength: 0 })).toThrow(/snapLength/);
  expect(() => service.start({ to, queueBytes: Number.NaN })).toThrow(/queueBytes/);
  await nodes.close();
});
