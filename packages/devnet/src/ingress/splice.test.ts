import type { Flow, FlowError, FlowEvents } from '@heddle/core';
import { VirtualClock } from '@heddle/testing';
import { expect, test } from 'vitest';
import { Splice } from './splice.js';

/** One end, in the hands of a test. */
class End implements Flow {
  readonly local = { address: '192.0.2.1', port: 1 };
  readonly remote = { address: '192.0.2.2', port: 2 };
  readonly taken: number[] = [];
  readonly ends: string[] = [];
  waiting: number[] = [];
  finished = false;
  room = Number.POSITIVE_INFINITY;
  events: FlowEvents = {};

  on(events: FlowEvents): void {
    this.events = events;
  }
  read(into: Uint8Array): number {
    const bytes = this.waiting.splice(0, into.length);
    into.set(bytes);
    return bytes.length === 0 && this.finished ? -1 : bytes.length;
  }
  write(bytes: Uint8Array): number {
    const taken = Math.min(bytes.length, this.room);
    this.room -= taken;
    this.taken.push(...bytes.subarray(0, taken));
    return taken;
  }
  shutdown(): void {
    this.ends.push('shutdown');
  }
  close(): void {
    this.ends.push('close');
  }
  reset(): void {
    this.ends.push('reset');
  }
}

function spliced(early: readonly number[] = []) {
  const [visitor, peer, clock, done] = [new End(), new End(), new VirtualClock(), { count: 0 }];
  const options = { clock, idle: 1_000, scratch: new Uint8Array(4), done: () => void done.count++ };
  return { visitor, peer, clock, done, splice: new Splice(visitor, peer, Uint8Array.from(early), options) };
}

const fault = (end: End, error: FlowError): void => end.events.closed?.(error);

test('what was read before goes first, and each direction ends by itself', () => {
  const { visitor, peer, done, clock } = spliced([1, 2]);
  visitor.waiting = [3, 4, 5, 6, 7];
  visitor.finished = true;
  visitor.events.readable?.();
  expect([peer.taken, peer.ends, done.count]).toEqual([[1, 2, 3, 4, 5, 6, 7], ['shutdown'], 0]);
  peer.waiting = [8];
  peer.finished = true;
  peer.events.readable?.();
  expect([visitor.taken, visitor.ends, peer.ends, done.count]).toEqual([[8], ['shutdown', 'close'], ['shutdown', 'close'], 1]);
  expect(clock.pending).toBe(0);
});

test('who does not take bytes is waited for, and nothing more is read for him meanwhile', () => {
  const { visitor, peer } = spliced();
  visitor.room = 3;
  peer.waiting = [1, 2, 3, 4, 5, 6, 7, 8];
  peer.events.readable?.();
  expect([visitor.taken, peer.waiting.length]).toEqual([[1, 2, 3], 4]);
  visitor.room = 100;
  visitor.events.writable?.();
  expect(visitor.taken).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
});

test('what a node has said before its connection broke reaches the visitor, and is not cut off', () => {
  const { visitor, peer, done, clock } = spliced();
  peer.waiting = [1, 2, 3, 4, 5, 6];
  fault(peer, 'reset');
  expect([visitor.taken, visitor.ends, peer.ends, done.count]).toEqual([[1, 2, 3, 4, 5, 6], ['close'], ['reset'], 1]);
  expect(clock.pending).toBe(0);
});

test('both ends are cut when nothing has passed for too long, and only once', () => {
  const { visitor, peer, clock, done, splice } = spliced();
  clock.advance(999);
  peer.waiting = [1];
  peer.events.readable?.();
  clock.advance(999);
  expect(done.count).toBe(0);
  clock.advance(1);
  splice.abort();
  expect([visitor.ends, peer.ends, done.count]).toEqual([['reset'], ['reset'], 1]);
});
