import type { ObservedFlow, WhoIs } from '@heddle/core';
import { SeededRandom, VirtualClock } from '@heddle/testing';
import { expect, test } from 'vitest';
import { lineSchema, readLines, reassemble } from '../../test/traffic-reader.js';
import type { Sink } from '../recording/sink.js';
import { TrafficRecorder } from './traffic-recorder.js';

const flow: ObservedFlow = {
  protocol: 'tcp',
  direction: 'in',
  local: { address: '100.64.0.1', port: 80 },
  remote: { address: '100.64.0.2', port: 40_000 },
};
const user = { id: '7', loginName: 'ada@example.com', displayName: 'Ada' };
const whois = { peer: { id: 'n2', name: 'wör"ker.example' }, user, tags: ['tag:web'], capabilities: new Map() } as unknown as WhoIs;

/** A log on a virtual clock, into memory or into a sink of the test's. */
function scene(to?: Sink, queueBytes = 4 * 1024 * 1024) {
  const chunks: Uint8Array[] = [];
  const clock = new VirtualClock({ turn: () => new Promise((done) => setImmediate(done)) });
  const log = new TrafficRecorder({
    to: to ?? ((chunk) => void chunks.push(chunk.slice())),
    only: () => true,
    queueBytes,
    clock,
    name: 'log',
    node: { whois: (address) => (address === flow.remote.address ? whois : undefined) },
  });
  return { clock, log, chunks, lines: () => readLines(chunks) };
}

function noise(bytes: number): Uint8Array {
  const out = new Uint8Array(bytes);
  new SeededRandom(bytes).fill(out);
  return out;
}

test('a flow is an open line that names who, data lines with offsets, and a close line with sums', async () => {
  const { log, lines } = scene();
  const witness = log.opened(flow)!;
  witness.data('in', new TextEncoder().encode('GET'));
  witness.data('out', new TextEncoder().encode('200 '));
  witness.data('out', new TextEncoder().encode('OK'));
  witness.closed('reset');
  await log.end();
  const time = expect.any(Number);
  expect(lines()).toEqual([
    { event: 'open', flow: 1, time, ...flow, peer: { node: 'n2', name: 'wör"ker.example', user: 'ada@example.com', tags: ['tag:web'] } },
    { event: 'data', flow: 1, time, direction: 'in', offset: 0, data: 'R0VU' },
    { event: 'data', flow: 1, time, direction: 'out', offset: 0, data: 'MjAwIA==' },
    { event: 'data', flow: 1, time, direction: 'out', offset: 4, data: 'T0s=' },
    { event: 'close', flow: 1, time, bytes: { in: 3, out: 6 }, dropped: { lines: 0, bytes: 0 }, error: 'reset' },
  ]);
});

test('each line is what the published schema says, and strangers to the schema are refused', async () => {
  const { log, lines } = scene();
  const isLine = lineSchema();
  const tcp = log.opened(flow)!;
  tcp.data('in', noise(40_000));
  tcp.closed(undefined);
  const udp = log.opened({ ...flow, protocol: 'udp', remote: { address: 'fd7a::9', port: 53 } })!;
  udp.data('out', noise(20_000));
  udp.data('in', noise(0));
  await log.end();
  for (const line of lines()) expect(isLine(line), JSON.stringify(isLine.errors)).toBe(true);
  const [open] = lines();
  for (const wrong of [
    { ...open, flow: 0 },
    { ...open, event: 'data' },
    { ...open, protocol: 'icmp' },
    { event: 'close', flow: 1, time: 1 },
    [],
  ])
    expect(isLine(wrong)).toBe(false);
});

test('several megabytes in uneven pieces are put together again byte for byte, in lines of at most 16 KiB (F8)', async () => {
  const { clock, log, lines } = scene();
  const sent = { in: noise(3_000_001), out: noise(2_000_003) };
  const witness = log.opened(flow)!;
  for (const direction of ['in', 'out'] as const)
    for (let at = 0, size = 1; at < sent[direction].length; at += size, size = (size * 7 + 13) % 70_001) {
      witness.data(direction, sent[direction].subarray(at, at + size));
      await clock.advanceAsync(0);
    }
  witness.closed(undefined);
  await log.end();
  expect(reassemble(lines(), 1, 'in').equals(sent.in)).toBe(true);
  expect(reassemble(lines(), 1, 'out').equals(sent.out)).toBe(true);
  for (const line of lines()) if (line.event === 'data') expect(Buffer.from(line.data, 'base64').length).toBeLessThanOrEqual(16_384);
  expect(log.counts).toEqual({ written: lines().length, dropped: 0 });
});

test('a datagram that takes several lines says which of them go on', async () => {
  const { log, lines } = scene();
  const witness = log.opened({ ...flow, protocol: 'udp' })!;
  witness.data('in', noise(32_768));
  witness.data('in', noise(10));
  await log.end();
  expect(lines().map((line) => line.event === 'data' && [line.offset, line.more])).toEqual([
    false,
    [0, true],
    [16_384, undefined],
    [32_768, undefined],
    false,
  ]);
});

test('a slow reader costs lines, which are counted and seen as a gap, and never the flow (F8)', async () => {
  const chunks: Uint8Array[] = [];
  let free = (): void => {};
  const slow = (chunk: Uint8Array): Promise<void> => {
    chunks.push(chunk.slice());
    return new Promise((resolve) => {
      free = resolve;
    });
  };
  const { clock, log } = scene(slow, 256 * 1024);
  const witness = log.opened(flow)!;
  const sent = noise(1_000_000);
  for (let at = 0; at < sent.length; at += 10_000) {
    witness.data('out', sent.subarray(at, at + 10_000));
    await clock.advanceAsync(0);
  }
  const { dropped } = log.counts;
  expect(dropped).toBeGreaterThan(50);
  free();
  await clock.advanceAsync(0);
  witness.data('out', sent.subarray(0, 10_000));
  witness.closed(undefined);
  const end = log.end();
  for (let i = 0; i < 3; i++) {
    free();
    await clock.advanceAsync(0);
  }
  await end;
  const lines = readLines(chunks);
  const [after, close] = lines.slice(-2);
  expect(after).toMatchObject({ event: 'data', offset: 1_000_000, dropped });
  expect(close).toMatchObject({ bytes: { in: 0, out: 1_010_000 }, dropped: { lines: dropped, bytes: dropped * 10_000 } });
  expect(log.counts).toEqual({ written: lines.length, dropped });
});

test('a full disk costs lines, and when there is room again the log goes on (F8)', async () => {
  const chunks: Uint8Array[] = [];
  let full = false;
  const { clock, log } = scene((chunk) => {
    if (full) throw Object.assign(new Error('no space left on device'), { code: 'ENOSPC' });
    chunks.push(chunk.slice());
  });
  const witness = log.opened(flow)!;
  witness.data('out', noise(100));
  await clock.advanceAsync(0);
  full = true;
  witness.data('out', noise(100));
  await clock.advanceAsync(0);
  expect(log.counts).toEqual({ written: 2, dropped: 1 });
  full = false;
  witness.data('out', noise(100));
  await log.end();
  const offsets = readLines(chunks).flatMap((line) => (line.event === 'data' ? [line.offset] : []));
  expect(offsets).toEqual([0, 200]);
});

test('a log that ends says so of the flows that go on without it', async () => {
  const { log, lines } = scene();
  const witness = log.opened(flow)!;
  await log.end();
  witness.data('in', noise(5));
  expect(lines().at(-1)).toMatchObject({ event: 'close', error: 'log-ended' });
});
