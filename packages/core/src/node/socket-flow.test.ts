import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { SocketFlow } from './socket-flow.js';

const KIBIBYTE = 1024;

/** A connection over loopback: our end, and the other one as Node has it. */
async function pair(): Promise<{ ours: Socket; theirs: Socket }> {
  const server = createServer();
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const ours = connect((server.address() as AddressInfo).port, '127.0.0.1');
  const [[theirs]] = (await Promise.all([once(server, 'connection'), once(ours, 'connect')])) as [[Socket], unknown];
  server.close();
  onTestFinished(() => {
    ours.destroy();
    theirs.destroy();
  });
  return { ours, theirs };
}

/** The memory that each write of the socket is made from. */
function memoryOf(socket: Socket): Set<ArrayBufferLike> {
  const seen = new Set<ArrayBufferLike>();
  const write = socket.write.bind(socket) as (bytes: Buffer, done: () => void) => boolean;
  socket.write = ((bytes: Buffer, done: () => void) => {
    seen.add(bytes.buffer);
    return write(bytes, done);
  }) as Socket['write'];
  return seen;
}

/** Writes bytes of a known pattern in pieces, each from the same memory, and returns whether the other end had all of them. */
async function arrivesWhole(flow: SocketFlow, theirs: Socket, sizes: readonly number[]): Promise<boolean> {
  let expected = 0;
  let isWhole = true;
  const total = sizes.reduce((sum, size) => sum + size, 0);
  const all = new Promise<void>((resolve) => {
    theirs.on('data', (bytes) => {
      for (const byte of bytes as Buffer) isWhole &&= byte === expected++ % 251;
      if (expected === total) resolve();
    });
  });
  const memory = new Uint8Array(256 * KIBIBYTE);
  let sent = 0;
  for (const size of sizes) {
    let bytes = memory.subarray(0, size);
    for (let i = 0; i < size; i++) bytes[i] = sent++ % 251;
    while (bytes.length > 0) {
      const taken = flow.write(bytes);
      bytes = bytes.subarray(taken);
      if (bytes.length > 0) await new Promise<void>((writable) => flow.on({ writable }));
    }
  }
  await all;
  return isWhole;
}

const SIZES = [10, 5_000, 100_000, 262_144, 3, 64 * KIBIBYTE, 200_000, 4_096, 4_095, 150_000];

test('what is written may be overwritten at once: the other end has it whole', async () => {
  const { ours, theirs } = await pair();
  expect(await arrivesWhole(new SocketFlow(ours), theirs, SIZES)).toBe(true);
});

test('with buffers that are kept, the same', async () => {
  const { ours, theirs } = await pair();
  expect(await arrivesWhole(new SocketFlow(ours, { buffers: 8 }), theirs, SIZES)).toBe(true);
});

test('large writes are made from the same few buffers again and again', async () => {
  const { ours, theirs } = await pair();
  const memory = memoryOf(ours);
  const flow = new SocketFlow(ours, { buffers: 8 });
  const piece = new Uint8Array(48 * KIBIBYTE);
  for (let n = 0; n < 32; n++) {
    let left = flow.write(piece);
    for (; left > 0; left -= (await once(theirs, 'data'))[0].length);
  }
  expect(memory.size).toBeLessThanOrEqual(8);
});
