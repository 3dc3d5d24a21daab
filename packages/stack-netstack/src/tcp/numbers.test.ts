import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Cubic, cubicPeriod, cubicWindow } from './cubic.js';
import { RttEstimator } from './rtt-estimator.js';
import { SentRanges } from './sent-ranges.js';
import { advance, distance, isAfter, isBefore } from './sequence.js';
import { SequenceRanges } from './sequence-ranges.js';

const word = fc.integer({ min: 0, max: 0xffff_ffff });

test('SRTT, RTTVAR and RTO follow RFC 6298', () => {
  const rtt = new RttEstimator();
  const rows = [100, 100, 200, 50, 100].map((sample, i) => {
    rtt.sample(sample, i);
    return [rtt.srtt, rtt.rttvar, rtt.timeout];
  });
  const expected = [
    [100, 50, 300],
    [100, 37.5, 250],
    [112.5, 53.125, 325],
    [104.6875, 55.4688, 326.5625],
    [104.1016, 42.7734, 275.1953],
  ];
  rows.forEach((row, i) => {
    row.forEach((value, j) => {
      expect(value).toBeCloseTo(expected[i]![j]!, 3);
    });
  });
});

test('the timeout doubles with each back-off, up to a minute, and never falls below 200 ms', () => {
  const rtt = new RttEstimator();
  rtt.sample(1, 0);
  expect(rtt.rto).toBe(200);
  const timeouts = Array.from({ length: 10 }, () => {
    rtt.backOff();
    return rtt.rto;
  });
  expect(timeouts.slice(0, 3)).toEqual([400, 800, 1600]);
  expect(timeouts.at(-1)).toBe(60_000);
});

test('CUBIC grows as RFC 9438 draws it', () => {
  const k = cubicPeriod(100, 70);
  expect(k).toBeCloseTo(4.217163, 5);
  const rows = [0, 1, 2, 3, 4, 4.2172, 5, 6, 8].map((t) => cubicWindow(100, k, t));
  [70, 86.681, 95.64, 99.279, 99.996, 100, 100.192, 102.267, 121.653].forEach((window, i) => {
    expect(rows[i]).toBeCloseTo(window, 2);
  });
});

test('CUBIC halves the slow start at a loss to 70 %, and takes a loss back that was none', () => {
  const cubic = new Cubic(1000);
  cubic.acknowledged(90_000, 0, 40);
  const before = cubic.window;
  cubic.congested(0, before);
  expect(cubic.threshold).toBeCloseTo(0.7 * before, 5);
  cubic.recovered();
  cubic.undo();
  expect(cubic.window).toBe(before);
});

describe('sequence numbers', () => {
  test('compare modulo 2^32', () => {
    fc.assert(
      fc.property(word, fc.integer({ min: 1, max: 0x7fff_ffff }), (from, by) => {
        const to = advance(from, by);
        expect([distance(from, to), isBefore(from, to), isAfter(to, from)]).toEqual([by, true, true]);
      }),
      { seed: 1 },
    );
  });

  test('ranges hold exactly the numbers that were added, wherever counting begins', () => {
    const parts = fc.array(fc.record({ at: fc.nat(60), length: fc.integer({ min: 1, max: 12 }) }), { maxLength: 12 });
    fc.assert(
      fc.property(word, parts, (base, all) => {
        const ranges = new SequenceRanges(100);
        const model = new Set<number>();
        for (const { at, length } of all) {
          ranges.add(advance(base, at), advance(base, at + length));
          for (let i = at; i < at + length; i++) model.add(i);
        }
        for (let i = 0; i < 80; i++) expect(ranges.find(advance(base, i)) >= 0).toBe(model.has(i));
        let lead = 0;
        while (model.has(lead)) lead++;
        expect(distance(base, ranges.absorb(base))).toBe(lead);
      }),
      { seed: 1 },
    );
  });
});

test('what was sent is in flight, lost, or arrived, and the sums agree, whatever is acknowledged', () => {
  const departure = { delivered: 0, deliveredAt: 0, firstSentAt: 0, isLimited: false };
  const nobody = { delivered: () => {} };
  const step = fc.record({
    kind: fc.constantFrom('push', 'ack', 'sack', 'lose', 'resend', 'loseAll', 'forgive', 'cut'),
    a: fc.nat(2_000),
    b: fc.nat(300),
  });
  fc.assert(
    fc.property(word, fc.array(step, { maxLength: 60 }), (base, steps) => {
      const sent = new SentRanges();
      let [una, next] = [0, 0];
      for (const { kind, a, b } of steps) {
        const at = una + (a % (next - una + 1));
        if (kind === 'push') {
          sent.push(advance(base, next), advance(base, next + b + 1), 0, departure);
          next += b + 1;
        }
        if (kind === 'ack') {
          sent.acknowledge(advance(base, at), nobody);
          una = at;
        }
        if (kind === 'sack') sent.sack(advance(base, at), advance(base, Math.min(next, at + b)), nobody);
        if (kind === 'lose' && sent.count > 0) sent.lose(a % sent.count);
        if (kind === 'loseAll') sent.loseAll();
        if (kind === 'forgive') sent.forgive();
        if (kind === 'cut' && sent.count > 0) sent.cutTail(b + 1);
        const lost = sent.firstLost();
        if (kind === 'resend' && lost >= 0) sent.resent(lost, sent.end(lost), 1, departure);
        expect(sent.outstanding).toBe(next - una);
        expect([sent.inFlight, sent.sackedBytes, sent.lostBytes].every((bytes) => bytes >= 0)).toBe(true);
        for (let i = 1; i < sent.count; i++) expect(sent.start(i)).toBe(sent.end(i - 1));
        if (sent.count > 0) expect([sent.start(0), sent.end(sent.count - 1)]).toEqual([advance(base, una), advance(base, next)]);
      }
    }),
    { seed: 1, numRuns: 500 },
  );
});
