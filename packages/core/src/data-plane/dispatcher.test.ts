import { describe, expect, test } from 'vitest';
import type { PacketBatch as Contract } from '../contracts/packets.js';
import { PacketBatch } from '../packets/packet-batch.js';
import { Dispatcher } from './dispatcher.js';

function dispatcher(options: { queued?: number; perTurn?: number } = {}) {
  const seen = { overflow: 0, later: [] as (() => void)[], idle: 0 };
  const made = new Dispatcher({
    queued: 8,
    perTurn: 4,
    ...options,
    later: (run) => seen.later.push(run),
    overflow: (packets) => {
      seen.overflow += packets;
    },
    idle: () => seen.idle++,
  });
  return { dispatcher: made, seen };
}

const numbered = (n: number): Contract => PacketBatch.of(Uint8Array.of(n));

describe('run to completion', () => {
  test('what a handler causes runs after it, not inside it', () => {
    const { dispatcher: d } = dispatcher();
    const order: string[] = [];
    const second = (): void => void order.push('second');
    const first = (batch: Contract): void => {
      d.dispatch(second, batch);
      order.push('first');
    };
    d.dispatch(first, numbered(1));
    expect(order).toEqual(['first', 'second']);
  });

  test('a batch that waits is a copy: its maker may reuse the bytes at once', () => {
    const { dispatcher: d } = dispatcher();
    const seen: number[] = [];
    const outer = (): void => {
      const batch = numbered(5);
      d.dispatch((kept) => void seen.push(kept.packet(0)[0]!), batch);
      batch.slab.fill(0);
    };
    d.dispatch(outer, numbered(0));
    expect(seen).toEqual([5]);
  });

  test('an echo without delay is a loop that lets the event loop have its turn', () => {
    const { dispatcher: d, seen } = dispatcher();
    let echoes = 0;
    const echo = (batch: Contract): void => {
      if (++echoes < 100_000) d.dispatch(echo, batch);
    };
    d.dispatch(echo, numbered(1));
    expect(echoes).toBeLessThan(100);
    for (let next = seen.later.shift(); next !== undefined; next = seen.later.shift()) next();
    expect(echoes).toBe(100_000);
    expect(seen.overflow).toBe(0);
  });

  test('the queue is bounded and the rest is counted', () => {
    const { dispatcher: d, seen } = dispatcher({ queued: 2 });
    const flood = (): void => {
      for (let i = 0; i < 5; i++) d.dispatch(() => {}, numbered(i));
    };
    d.dispatch(flood, numbered(0));
    expect(seen.overflow).toBe(3);
  });

  test('a handler that throws leaves the dispatcher ready for the next batch', () => {
    const { dispatcher: d } = dispatcher();
    const faulty = (): void => {
      throw new Error('fault');
    };
    expect(() => d.dispatch(faulty, numbered(1))).toThrow('fault');
    const order: number[] = [];
    d.dispatch(() => void order.push(1), numbered(1));
    expect(order).toEqual([1]);
  });

  test('a change that came from inside a dispatch takes effect when the outermost call has returned', () => {
    const { dispatcher: d } = dispatcher();
    const order: string[] = [];
    d.dispatch(() => {
      d.whenIdle(() => order.push('swap'));
      d.dispatch(() => void order.push('caused'), numbered(1));
      order.push('handler');
    }, numbered(1));
    expect(order).toEqual(['handler', 'caused', 'swap']);
  });
});
