import { expect, test } from 'vitest';
import { EventLog } from '../log/event-log.js';
import { SeededRandom } from '../time/seeded-random.js';
import { VirtualClock } from '../time/virtual-clock.js';
import { LinkDirection, type LinkShape } from './link.js';
import type { SimPacket } from './sim-packet.js';
import { SimWorld } from './sim-world.js';

class Wire {
  readonly clock = new VirtualClock();
  readonly world = new SimWorld(this.clock, new SeededRandom(1), new EventLog());
  readonly link: LinkDirection;
  /** Number of the packet and when it came. */
  readonly arrived: { n: number; at: number; bytes: Uint8Array }[] = [];

  constructor(shape: Partial<LinkShape>) {
    this.link = new LinkDirection(this.world, 'wire', shape);
  }

  /** 28 bytes more with headers. */
  send(n: number, size = 100, more: Partial<SimPacket> = {}): void {
    const bytes = new Uint8Array(size).fill(n);
    const ends = { source: { address: '10.0.0.1', port: 1 }, destination: { address: '10.0.0.2', port: 2 } };
    this.link.carry({ protocol: 'udp', kind: 'data', ...ends, bytes, dontFragment: false, hops: 0, ...more }, (packet) =>
      this.arrived.push({ n, at: this.clock.now(), bytes: packet.bytes }),
    );
  }

  /** Sends a packet a millisecond. */
  stream(count: number): this {
    for (let n = 0; n < count; n++) {
      this.send(n);
      this.clock.advance(1);
    }
    this.clock.advance(10_000);
    return this;
  }

  get numbers(): number[] {
    return this.arrived.map(({ n }) => n);
  }
}

test('a plain link delivers at the same instant, but not in the stack of the sender', () => {
  const wire = new Wire({});
  wire.send(1);
  expect(wire.arrived).toEqual([]);
  wire.clock.advance(0);
  expect(wire.numbers).toEqual([1]);
});

test('loss takes the share that it says', () => {
  const wire = new Wire({ loss: 0.2 }).stream(3_000);
  expect(wire.arrived.length / 3_000).toBeCloseTo(0.8, 1);
  expect(wire.world.drops.get('loss')).toBe(3_000 - wire.arrived.length);
});

test('duplicates come right behind the first one', () => {
  const wire = new Wire({ duplicate: 0.1 }).stream(3_000);
  expect(wire.arrived.length / 3_000).toBeCloseTo(1.1, 1);
  expect(wire.numbers).toEqual([...wire.numbers].sort((a, b) => a - b));
});

test('delay and jitter stay in their bounds and keep the order', () => {
  const wire = new Wire({ delay: 50, jitter: 20 }).stream(2_000);
  const delays = wire.arrived.map(({ n, at }) => at - n);
  expect(Math.min(...delays)).toBeGreaterThanOrEqual(50);
  expect(Math.max(...delays)).toBeLessThan(70);
  expect(Math.max(...delays) - Math.min(...delays)).toBeGreaterThan(10);
  expect(wire.numbers).toEqual([...wire.numbers].sort((a, b) => a - b));
});

test('reordered packets are overtaken, and none is lost', () => {
  const wire = new Wire({ delay: 5, reorder: 0.1, reorderBy: 4 }).stream(3_000);
  const overtaken = wire.numbers.filter((n, i) => i > 0 && n < Math.max(...wire.numbers.slice(Math.max(0, i - 8), i)));
  expect(overtaken.length / 3_000).toBeGreaterThan(0.05);
  expect(overtaken.length / 3_000).toBeLessThan(0.15);
  expect(wire.arrived.length).toBe(3_000);
});

test('corruption turns one bit over, in a copy', () => {
  const wire = new Wire({ corrupt: 0.25 }).stream(2_000);
  const bits = wire.arrived.map(({ n, bytes }) => bytes.reduce((sum, byte) => sum + ones(byte ^ (n & 0xff)), 0));
  expect(new Set(bits)).toEqual(new Set([0, 1]));
  expect(bits.filter((count) => count === 1).length / 2_000).toBeCloseTo(0.25, 1);
});

test('the rate spaces packets, and the queue in front of it is bounded', () => {
  const wire = new Wire({ rate: 1_024_000, queue: 1280 });
  for (let n = 0; n < 20; n++) wire.send(n);
  wire.clock.advance(1_000);
  expect(wire.arrived.map(({ at }) => at)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  expect(wire.world.drops.get('queue')).toBe(10);
});

test('packets that must not be cut and exceed the MTU are dropped, others pass', () => {
  const wire = new Wire({ mtu: 128 });
  wire.send(1, 100, { dontFragment: true });
  wire.send(2, 101, { dontFragment: true });
  wire.send(3, 101);
  wire.clock.advance(1);
  expect(wire.numbers).toEqual([1, 3]);
  expect(wire.world.drops.get('mtu')).toBe(1);
});

test('a pulled cable loses what is on the way and everything after, until it is back', () => {
  const wire = new Wire({ delay: 10 });
  wire.send(1);
  wire.clock.advance(5);
  wire.link.plug(false);
  wire.send(2);
  wire.clock.advance(20);
  wire.link.plug(true);
  wire.send(3);
  wire.clock.advance(20);
  expect(wire.numbers).toEqual([3]);
});

test('a change of shape holds for packets from then on', () => {
  const wire = new Wire({ delay: 10 });
  wire.send(1);
  wire.link.set({ delay: 100 });
  wire.send(2);
  wire.clock.advance(10);
  expect(wire.numbers).toEqual([1]);
  wire.clock.advance(90);
  expect(wire.numbers).toEqual([1, 2]);
});

function ones(byte: number): number {
  return byte.toString(2).replaceAll('0', '').length;
}
