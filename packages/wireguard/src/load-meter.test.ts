import { expect, test } from 'vitest';
import { LoadMeter } from './load-meter.js';

test('as many wasted handshakes at once as may wait are load, for a second', () => {
  const meter = new LoadMeter(10);
  for (let i = 0; i < 9; i++) meter.wasted(0);
  expect(meter.underLoad(0)).toBe(false);
  meter.wasted(0);
  expect([meter.underLoad(0), meter.underLoad(999), meter.underLoad(1_000)]).toEqual([true, true, false]);
});

test('A8: a flood that never fills the queue is load as long as it lasts, and a trickle never is', () => {
  const flood = new LoadMeter(10);
  const trickle = new LoadMeter(10);
  for (let now = 0; now < 10_000; now += 20) {
    flood.wasted(now);
    if (now % 40 === 0) trickle.wasted(now);
    if (now >= 1_000) expect(flood.underLoad(now)).toBe(true);
    expect(trickle.underLoad(now)).toBe(false);
  }
});

test('a long flood is forgotten as fast as a short one', () => {
  const meter = new LoadMeter(10);
  for (let i = 0; i < 100_000; i++) meter.wasted(0);
  meter.wasted(1_000);
  expect(meter.underLoad(1_000)).toBe(false);
});
