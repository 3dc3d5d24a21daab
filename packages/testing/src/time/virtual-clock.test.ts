import { expect, test } from 'vitest';
import { SeededRandom } from './seeded-random.js';
import { VirtualClock } from './virtual-clock.js';

test('timers run in order of their time, and equal times in the order in which they were set', () => {
  const clock = new VirtualClock();
  const ran: string[] = [];
  for (const [name, time] of [
    ['c', 20],
    ['a', 10],
    ['d', 20],
    ['b', 10],
    ['e', 30],
  ] as const)
    clock.at(time, () => ran.push(name));
  clock.advance(20);
  expect(ran.join('')).toBe('abcd');
  expect(clock.pending).toBe(1);
  clock.advance(10);
  expect(ran.join('')).toBe('abcde');
});

test('a thousand timers, a third of them cancelled, run sorted and none twice', () => {
  const clock = new VirtualClock();
  const random = new SeededRandom(1);
  const ran: number[] = [];
  const cancels = Array.from({ length: 1000 }, () => {
    const time = random.integer(100);
    return clock.at(time, () => ran.push(time));
  });
  const cancelled = cancels.filter((_, i) => i % 3 === 0);
  for (const cancel of cancelled) cancel();
  for (const cancel of cancelled) cancel();
  expect(clock.pending).toBe(1000 - cancelled.length);
  clock.advance(100);
  expect(ran).toEqual([...ran].sort((a, b) => a - b));
  expect(ran.length).toBe(1000 - cancelled.length);
});

test('now() inside a timer is its time, and a timer set inside runs in the same go when it is due', () => {
  const clock = new VirtualClock({ now: 5 });
  const seen: number[] = [];
  clock.at(10, () => {
    seen.push(clock.now());
    clock.at(12, () => seen.push(clock.now()));
    clock.at(3, () => seen.push(clock.now()));
  });
  clock.runUntil(15);
  expect(seen).toEqual([10, 10, 12]);
  expect(clock.now()).toBe(15);
});

test('a timer for a time that has passed runs soon, but never in the stack of its caller', () => {
  const clock = new VirtualClock({ now: 100 });
  let ran = false;
  clock.at(1, () => {
    ran = true;
  });
  expect(ran).toBe(false);
  clock.advance(0);
  expect(ran).toBe(true);
});

test('Infinity sets nothing and its cancel is harmless; NaN is a mistake', () => {
  const clock = new VirtualClock();
  clock.at(Infinity, () => {})();
  expect(clock.pending).toBe(0);
  expect(() => clock.at(Number.NaN, () => {})).toThrow(expect.objectContaining({ code: 'HEDDLE_BAD_TIME' }));
});

test('time never goes back', () => {
  const clock = new VirtualClock({ now: 50 });
  clock.runUntil(10);
  expect(clock.now()).toBe(50);
});

test('the date is settable and jumps without moving now()', () => {
  const clock = new VirtualClock({ wall: 1_000_000 });
  clock.advance(500);
  expect(clock.wall()).toBe(1_000_500);
  clock.jumpWall(-3_600_000);
  expect([clock.now(), clock.wall()]).toEqual([500, 1_000_500 - 3_600_000]);
  clock.setWall(42);
  clock.advance(1);
  expect(clock.wall()).toBe(43);
});

test('a timer that sets itself again at the same instant ends in an error that names it', () => {
  const clock = new VirtualClock({ flood: 100 });
  const spinning = (): void => void clock.at(clock.now(), spinning);
  clock.at(7, spinning);
  expect(() => clock.advance(10)).toThrow(/100 timers ran at 7 ms .* spinning/s);
});

test('a timer that throws comes out of advance, and the clock goes on afterwards', () => {
  const clock = new VirtualClock();
  clock.at(1, () => {
    throw new Error('broken');
  });
  let later = false;
  clock.at(2, () => {
    later = true;
  });
  expect(() => clock.advance(5)).toThrow('broken');
  clock.advance(5);
  expect(later).toBe(true);
});

test('a timer cannot move the clock that runs it', () => {
  const clock = new VirtualClock();
  clock.at(1, () => clock.advance(1));
  expect(() => clock.advance(5)).toThrow(expect.objectContaining({ code: 'HEDDLE_CLOCK_BUSY' }));
});

test('the async run settles promises between events', async () => {
  const clock = new VirtualClock();
  const seen: string[] = [];
  const sleep = (ms: number): Promise<void> => new Promise((done) => clock.at(clock.now() + ms, done));
  const work = async (): Promise<void> => {
    for (let i = 0; i < 3; i++) {
      await sleep(10);
      seen.push(`${clock.now()}`);
    }
  };
  void work();
  await clock.advanceAsync(25);
  expect(seen).toEqual(['10', '20']);
  await clock.advanceAsync(5);
  expect(seen).toEqual(['10', '20', '30']);
});

test('a turn of the event loop is taken between events when one is given', async () => {
  const clock = new VirtualClock({ turn: () => new Promise((done) => setImmediate(done)) });
  const seen: string[] = [];
  clock.at(1, () => setImmediate(() => seen.push(`after 1, at ${clock.now()}`)));
  clock.at(2, () => seen.push('2'));
  await clock.advanceAsync(5);
  expect(seen).toEqual(['after 1, at 1', '2']);
});

test('settle runs time forward until the promise has its value', async () => {
  const clock = new VirtualClock();
  const value = new Promise<number>((done) => clock.at(30_000, () => done(7)));
  expect(await clock.settle(value)).toBe(7);
  expect(clock.now()).toBe(30_000);
});

test('settle says so when nothing is left that could settle the promise', async () => {
  const clock = new VirtualClock();
  await expect(clock.settle(new Promise(() => {}))).rejects.toMatchObject({ code: 'HEDDLE_NEVER_SETTLED' });
});

test('10 virtual minutes of 100 hosts with 40 rearmed timers each take less than 2 s', () => {
  const clock = new VirtualClock();
  const random = new SeededRandom('speed');
  let ran = 0;
  const arm = (period: number): void => {
    clock.at(clock.now() + period, () => {
      ran += 1;
      arm(period);
    });
  };
  for (let i = 0; i < 100 * 40; i++) arm(5_000 + random.integer(20_000));
  const before = process.cpuUsage();
  clock.advance(600_000);
  const { user, system } = process.cpuUsage(before);
  expect(ran).toBeGreaterThan(100_000);
  expect((user + system) / 1000).toBeLessThan(2_000);
});

test('the async run settles nothing after a quiet timer, unless it was given a turn of its own', async () => {
  const story = async (clock: VirtualClock): Promise<string> => {
    const seen: string[] = [];
    clock.at(1, () => void Promise.resolve().then(() => seen.push('settled')), true);
    clock.at(2, () => seen.push('next'));
    await clock.advanceAsync(5);
    return seen.join(', ');
  };
  expect(await story(new VirtualClock())).toBe('next, settled');
  expect(await story(new VirtualClock({ turn: () => new Promise((done) => setImmediate(done)) }))).toBe('settled, next');
});
