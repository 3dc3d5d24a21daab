import { VirtualClock } from '@heddle/testing';
import { expect, test } from 'vitest';
import { Outlet } from './outlet.js';
import type { Sink } from './sink.js';

const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

/** An outlet on a virtual clock; the sink is the test's. */
function scene(to: Sink, { limit = 100, head = '' } = {}) {
  const clock = new VirtualClock({ turn: () => new Promise((done) => setImmediate(done)) });
  const outlet = new Outlet({ to, clock, limit, head: new TextEncoder().encode(head) });
  const put = (piece: string): boolean => {
    const at = outlet.reserve(piece.length);
    if (at !== -1) new TextEncoder().encodeInto(piece, outlet.bytes.subarray(at));
    return at !== -1;
  };
  return { clock, outlet, put };
}

test('what was put in one turn comes out as one chunk, in order, and not in the caller’s stack', async () => {
  const chunks: string[] = [];
  const { clock, put } = scene((chunk) => void chunks.push(text(chunk)));
  put('one ');
  put('two');
  expect(chunks).toEqual([]);
  await clock.advanceAsync(0);
  put('three');
  await clock.advanceAsync(0);
  expect(chunks).toEqual(['one two', 'three']);
});

test('the head comes out soon although nothing was put, and once', async () => {
  const chunks: string[] = [];
  const { clock, put } = scene((chunk) => void chunks.push(text(chunk)), { head: 'HEAD ' });
  await clock.advanceAsync(0);
  expect(chunks).toEqual(['HEAD ']);
  put('one');
  await clock.advanceAsync(0);
  expect(chunks).toEqual(['HEAD ', 'one']);
});

test('while the sink is busy nothing more is given to it, and no more than the limit waits', async () => {
  const chunks: string[] = [];
  let free = (): void => {};
  const { clock, outlet, put } = scene((chunk) => {
    chunks.push(text(chunk));
    return new Promise<void>((resolve) => {
      free = resolve;
    });
  });
  put('a'.repeat(100));
  await clock.advanceAsync(0);
  expect(put('b'.repeat(60))).toBe(true);
  expect(put('c'.repeat(60))).toBe(false);
  expect(put('d'.repeat(40))).toBe(true);
  await clock.advanceAsync(10_000);
  expect(chunks.length).toBe(1);
  free();
  await clock.advanceAsync(0);
  await clock.advanceAsync(0);
  expect(chunks[1]).toBe('b'.repeat(60) + 'd'.repeat(40));
  free();
  await clock.advanceAsync(0);
  expect(outlet.counts).toEqual({ taken: 3, lost: 0 });
});

test('a chunk that the sink fails over is lost and counted, the next one is tried, and the head is tried again', async () => {
  const chunks: string[] = [];
  let full = true;
  const sink: Sink = (chunk) => {
    if (full) throw new Error('no space left');
    chunks.push(text(chunk));
  };
  const { clock, outlet, put } = scene(sink, { head: 'HEAD ' });
  put('one');
  put('two');
  await clock.advanceAsync(0);
  expect(outlet.counts).toEqual({ taken: 0, lost: 2 });
  full = false;
  put('three');
  await clock.advanceAsync(0);
  expect(chunks).toEqual(['HEAD three']);
});

test('the end hands out what waits, also behind a busy sink, closes it, and takes nothing more', async () => {
  const log: string[] = [];
  let free = (): void => {};
  const take = (chunk: Uint8Array): Promise<void> => {
    log.push(text(chunk));
    return new Promise((resolve) => {
      free = resolve;
    });
  };
  const { clock, outlet, put } = scene(Object.assign(take, { close: () => void log.push('closed') }));
  put('one');
  await clock.advanceAsync(0);
  put('two');
  const end = outlet.end();
  expect(put('three')).toBe(false);
  await clock.advanceAsync(0);
  expect(log).toEqual(['one']);
  free();
  await clock.advanceAsync(0);
  free();
  await end;
  await outlet.end();
  expect(log).toEqual(['one', 'two', 'closed']);
});

test('a sink that fails over its end does not make the end fail', async () => {
  const fail = (): never => {
    throw new Error('broken');
  };
  const { outlet, put } = scene(Object.assign(fail, { close: fail }));
  put('one');
  await outlet.end();
  expect(outlet.counts).toEqual({ taken: 0, lost: 1 });
});
