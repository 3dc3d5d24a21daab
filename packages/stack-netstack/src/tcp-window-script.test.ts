import type { Flow } from '@heddle/core';
import { describe, expect, test } from 'vitest';
import { bytes, PacketScript, readText } from '../test/packet-script.js';

describe('windows that misbehave', () => {
  test('a peer that takes its window back is not sent more, and what was sent stays valid', async () => {
    const s = await PacketScript.make();
    const { flow, next } = await s.accepted({ mss: 100 }, 1_000);
    flow.write(new Uint8Array(2_000));
    expect(s.segments().reduce((sum, each) => sum + each.payload.length, 0)).toBe(1_000);
    s.tcp('A', 1000, next + 200, { window: 300 });
    expect(s.segments()).toEqual([]);
    s.tcp('A', 1000, next + 1_000, { window: 500 });
    expect(s.segments().reduce((sum, each) => sum + each.payload.length, 0)).toBe(500);
  });

  test('a window with its highest bit set is a large window, not a negative one', async () => {
    const s = await PacketScript.make();
    const { flow } = await s.accepted({ mss: 1_000 }, 0x8000);
    flow.write(new Uint8Array(5_000));
    expect(s.segments().reduce((sum, each) => sum + each.payload.length, 0)).toBe(5_000);
  });

  test('a sliver of window is not filled while more is under way (silly window, sender)', async () => {
    const s = await PacketScript.make();
    const { flow, next } = await s.accepted({ mss: 100 }, 400);
    flow.write(new Uint8Array(1_000));
    s.segments();
    s.tcp('A', 1000, next + 100, { window: 310 });
    expect(s.segments()).toEqual([]);
  });

  test('a reader that takes crumbs does not move the window by crumbs (silly window, receiver)', async () => {
    const s = await PacketScript.make({ tcp: { receiveBuffer: 4_000 } });
    const { flow, next } = await s.accepted({ mss: 1_000 });
    for (let i = 0; i < 4; i++) s.tcp('A', 1000 + 1_000 * i, next, { payload: 'x'.repeat(1_000) });
    expect(s.segments().at(-1)!.window).toBe(0);
    flow.read(new Uint8Array(10));
    expect(s.segments()).toEqual([]);
    flow.read(new Uint8Array(3_000));
    expect(s.segment().window).toBeGreaterThan(2_000);
  });

  test('a closed flow whose peer answers every probe with a window of nothing is given up after a while', async () => {
    const s = await PacketScript.make();
    const { flow, next } = await s.accepted({ mss: 100 }, 100);
    flow.write(new Uint8Array(200));
    s.tcp('A', 1000, next + 100, { window: 0 });
    flow.close();
    s.segments();
    const until = s.clock.now() + 200_000;
    let letters: string[] = [];
    while (s.clock.now() < until && !letters.includes('AR')) {
      s.clock.runUntil(s.clock.next);
      letters = s.segments().map((each) => each.letters);
      if (letters.length > 0) s.tcp('A', 1000, next + 100, { window: 0 });
    }
    expect(letters).toContain('AR');
    expect(s.clock.next).toBe(Infinity);
  });

  test('a closed flow whose peer opens its window again is sent to its end', async () => {
    const s = await PacketScript.make();
    const { flow, next } = await s.accepted({ mss: 100 }, 100);
    flow.write(new Uint8Array(200));
    s.tcp('A', 1000, next + 100, { window: 0 });
    flow.close();
    s.clock.advance(5_000);
    s.segments();
    s.tcp('A', 1000, next + 100, { window: 1_000 });
    s.clock.advance(0);
    expect(s.segments().some((each) => each.letters.includes('F') || each.payload.length > 0)).toBe(true);
    s.tcp('A', 1000, next + 201, { window: 1_000 });
    s.clock.advance(50_000);
    expect(s.segments()).toEqual([]);
  });

  test('a closed window whose probes nobody answers ends with the user timeout', async () => {
    const s = await PacketScript.make({ tcp: { userTimeout: 10_000 } });
    const { flow, next } = await s.accepted({ mss: 100 }, 100);
    let closed: unknown = 'open';
    flow.on({ closed: (error) => (closed = error) });
    flow.write(new Uint8Array(200));
    s.tcp('A', 1000, next + 100, { window: 0 });
    s.clock.advance(60_000);
    expect(closed).toBe('timeout');
  });
});

describe('segments', () => {
  test('an acknowledgment rides on data that leaves anyway (piggyback)', async () => {
    const s = await PacketScript.make();
    const { flow, next } = await s.accepted();
    for (let i = 0; i < 20; i++) s.tcp('A', 1000 + 100 * i, next, { payload: 'x'.repeat(100) });
    s.segments();
    s.tcp('A', 3000, next, { payload: 'question' });
    expect(s.segments()).toEqual([]);
    readText(flow);
    flow.write(bytes('answer'));
    expect(s.segment()).toMatchObject({ text: 'answer', acknowledgment: 3008 });
    s.clock.advance(100);
    expect(s.segments().filter((each) => each.payload.length === 0)).toEqual([]);
  });

  test('segments that come in the opposite order are put right', async () => {
    const s = await PacketScript.make();
    const { flow, next } = await s.accepted();
    for (const i of [4, 3, 2, 1, 0]) s.tcp('A', 1000 + i, next, { payload: String.fromCharCode(97 + i) });
    expect(readText(flow)).toBe('abcde');
  });

  test('a segment that overlaps what has arrived brings only what is new', async () => {
    const s = await PacketScript.make();
    const { flow, next } = await s.accepted();
    s.tcp('A', 1000, next, { payload: 'abc' });
    s.tcp('A', 1001, next, { payload: 'XXdef' });
    expect(readText(flow)).toBe('abcdef');
  });
});

/** A connection with SACK and without timestamps, whose round trip has been measured. */
async function measured(rtt: number): Promise<{ s: PacketScript; flow: Flow; next: number }> {
  const s = await PacketScript.make({ tcp: { congestion: 'cubic' } });
  let { flow, next } = await s.accepted({ mss: 100, sackPermitted: true });
  s.clock.advance(11_000);
  for (let i = 0; i < 40; i++) {
    flow.write(new Uint8Array(100));
    s.clock.advance(rtt);
    next = (next + 100) >>> 0;
    s.tcp('A', 1000, next);
  }
  s.segments();
  return { s, flow, next };
}

describe('loss', () => {
  test('one SACK behind a gap is not enough; a quarter of a round trip later it is (RACK)', async () => {
    const { s, flow, next } = await measured(40);
    flow.write(new Uint8Array(500));
    s.segments();
    s.clock.advance(40);
    s.tcp('A', 1000, next, { options: { sack: [{ left: next + 400, right: next + 500 }] } });
    expect(s.segments()).toEqual([]);
    s.clock.advance(15);
    expect(s.segments()[0]).toMatchObject({ sequence: next });
  });

  test('a timeout that was too early is taken back when the first of what was sent once arrives (F-RTO)', async () => {
    const { s, flow, next } = await measured(40);
    flow.write(new Uint8Array(1_000));
    s.segments();
    while (!s.segments().some((each) => each.sequence === next)) s.clock.advance(10);
    s.tcp('A', 1000, next + 500);
    expect(s.segments()).toEqual([]);
    s.tcp('A', 1000, next + 1_000);
    s.clock.advance(2_000);
    expect(s.segments()).toEqual([]);
  });

  test('a retransmission that is lost, too, with nothing sent after it, is repeated after two round trips, not after the long timeout', async () => {
    const { s, flow, next } = await measured(40);
    flow.write(new Uint8Array(500));
    s.segments();
    s.clock.advance(40);
    s.tcp('A', 1000, next, { options: { sack: [{ left: next + 100, right: next + 500 }] } });
    expect(s.segments().map(({ sequence }) => sequence)).toEqual([next]);
    s.clock.advance(75);
    expect(s.segments()).toEqual([]);
    s.clock.advance(10);
    expect(s.segments().map(({ sequence }) => sequence)).toEqual([next]);
  });

  test('timeouts of a segment behind which others arrive are no black hole', async () => {
    const s = await PacketScript.make({ tcp: { congestion: 'cubic' } });
    const { flow, next } = await s.accepted({ mss: 1_000, sackPermitted: true });
    flow.write(new Uint8Array(5_000));
    s.segments();
    s.tcp('A', 1000, next, { options: { sack: [{ left: next + 1_000, right: next + 5_000 }] } });
    s.clock.advance(6_000);
    const again = s.segments();
    expect(again.length).toBeGreaterThan(3);
    expect(again.every(({ payload }) => payload.length === 1_000)).toBe(true);
  });

  test('a full segment that times out twice is sent in smaller ones (black hole), and more follows', async () => {
    const s = await PacketScript.make({ tcp: { congestion: 'cubic' } });
    const { flow, next } = await s.accepted({ mss: 1_460 });
    flow.write(new Uint8Array(3_000));
    s.segments();
    s.clock.advance(1_000);
    s.out.splice(0);
    s.tcp('A', 1000, next + 536);
    expect(s.payloads(6).length).toBeGreaterThan(0);
  });
});

describe('TIME-WAIT', () => {
  test('a reset with the right number ends it', async () => {
    const s = await PacketScript.make({ tcp: { congestion: 'cubic' } });
    const { flow, next } = await s.accepted();
    flow.shutdown();
    s.tcp('FA', 1000, next + 1);
    s.segments();
    s.tcp('R', 1001, 0);
    s.tcp('A', 1001, next + 1);
    expect(s.segment().letters).toBe('R');
  });
});

describe('what the receiver tells about gaps', () => {
  const letters = (s: PacketScript, next: number, from: number, count: number): void => {
    for (let i = 0; i < count; i++) s.tcp('A', from + 10 * i, next, { payload: 'x'.repeat(10) });
  };
  const lefts = (s: PacketScript): number[][] => s.segments().map(({ options }) => (options.sack ?? []).map(({ left }) => left));

  test('many segments of the newest range do not hide the ranges before it (RFC 2018 4)', async () => {
    const s = await PacketScript.make();
    const { next } = await s.accepted({ mss: 1460, sackPermitted: true });
    for (const from of [1100, 1300, 1500]) letters(s, next, from, 8);
    expect(lefts(s).at(-1)).toEqual([1500, 1300, 1100]);
  });

  test('a batch with many gaps is acknowledged once a range, so that each range is told three times', async () => {
    const s = await PacketScript.make();
    const { next } = await s.accepted({ mss: 1460, sackPermitted: true });
    s.together(() => {
      for (const from of [1100, 1300, 1500, 1700, 1900]) letters(s, next, from, 8);
    });
    expect(lefts(s)).toEqual([[1100], [1300, 1100], [1500, 1300, 1100], [1700, 1500, 1300], [1900, 1700, 1500]]);
  });

  test('ranges that grew together are told as one', async () => {
    const s = await PacketScript.make();
    const { next } = await s.accepted({ mss: 1460, sackPermitted: true });
    for (const from of [1100, 1200, 1110]) letters(s, next, from, from === 1110 ? 9 : 1);
    expect(s.segments().at(-1)!.options.sack).toEqual([{ left: 1100, right: 1210 }]);
  });
});
