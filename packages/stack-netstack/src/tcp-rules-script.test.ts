import { expect, test } from 'vitest';
import { bytes, PacketScript, readText } from '../test/packet-script.js';

const STAMPS = { mss: 1460, timestamps: { value: 5_000, echo: 0 } };

test('the window of a SYN-ACK is not scaled in a simultaneous open, either', async () => {
  const s = await PacketScript.make();
  const { flow, syn } = s.connecting();
  s.tcp('S', 999, 0, { window: 4000, options: { mss: 1000, windowScale: 7 } });
  expect(s.segment().letters).toBe('AS');
  s.tcp('SA', 999, syn.sequence + 1, { window: 4000, options: { mss: 1000, windowScale: 7 } });
  s.segments();
  (await flow).write(new Uint8Array(8000));
  s.clock.advance(100);
  const total = s.segments().reduce((n, each) => n + each.payload.length, 0);
  expect(total).toBeLessThanOrEqual(4000);
});

test.each([
  ['a sequence number', -3_000_000, 0],
  ['an acknowledgment', 0, 3_000_000],
])('a stranger who does not know %s makes nothing look old by a stamp of the future (PAWS)', async (_, sequence, acknowledgment) => {
  const s = await PacketScript.make();
  const { flow, next } = await s.accepted(STAMPS);
  s.tcp('A', 1000 + sequence, next + acknowledgment, { payload: 'evil', options: { timestamps: { value: 5_000 + 2 ** 30, echo: 0 } } });
  s.tcp('A', 1000, next, { payload: 'good', options: { timestamps: { value: 5_010, echo: 0 } } });
  expect(readText(flow)).toBe('good');
});

test('SYNs outside the window of an open connection are challenged, and no more often than others (RFC 5961 4)', async () => {
  const s = await PacketScript.make();
  await s.accepted();
  s.segments();
  for (let i = 0; i < 20; i++) s.tcp('S', 5_000_000 + i);
  expect(s.segments().length).toBe(1);
});

test('a SYN without timestamps is challenged in a connection with them: its sender may have begun anew', async () => {
  const s = await PacketScript.make();
  await s.accepted(STAMPS);
  s.segments();
  s.tcp('S', 5_000_000);
  expect(s.segment().letters).toBe('A');
});

test('a SYN with another number in SYN-RECEIVED is challenged at once, so that its sender can make room for it', async () => {
  const s = await PacketScript.make();
  await s.listen();
  s.tcp('S', 999);
  s.segment();
  s.tcp('S', 777_777_777);
  const answer = s.segment();
  expect(answer).toMatchObject({ acknowledgment: 1000 });
  s.tcp('R', 1000);
  s.tcp('S', 777_777_777);
  expect(s.segment()).toMatchObject({ letters: 'AS', acknowledgment: 777_777_778 });
});

test('a reset in TIME-WAIT takes nothing from who has not read all yet: both sides had finished in order', async () => {
  const s = await PacketScript.make();
  const { flow, next } = await s.accepted();
  const closed: unknown[] = [];
  flow.on({ closed: (e) => closed.push(e) });
  flow.shutdown();
  s.segments();
  s.tcp('FA', 1000, next + 1, { payload: 'bye' });
  s.segments();
  s.tcp('R', 1004);
  expect(readText(flow)).toBe('bye');
  expect(readText(flow)).toBe('<end>');
  s.clock.advance(0);
  expect(closed).toEqual([undefined]);
});

test('the byte of a window probe that was not kept is sent again as soon as the window opens, however long that took', async () => {
  const s = await PacketScript.make();
  const { flow, next } = await s.accepted();
  s.segments();
  s.tcp('A', 1000, next, { window: 0 });
  flow.write(bytes('x'));
  for (let i = 0; i < 60; i++) {
    s.clock.advance(1000);
    if (s.segments().length > 0) s.tcp('A', 1000, next, { window: 0 });
  }
  s.tcp('A', 1000, next, { window: 60_000 });
  s.clock.advance(300);
  expect(s.segments().map((each) => each.text)).toContain('x');
});

test('a FIN that met a closed window is sent again as soon as the window opens', async () => {
  const s = await PacketScript.make();
  const { flow, next } = await s.accepted();
  s.segments();
  s.tcp('A', 1000, next, { window: 0 });
  flow.shutdown();
  for (let i = 0; i < 60; i++) {
    s.clock.advance(1000);
    if (s.segments().length > 0) s.tcp('A', 1000, next, { window: 0 });
  }
  s.tcp('A', 1000, next, { window: 60_000 });
  s.clock.advance(300);
  expect(s.segments().map((each) => each.letters)).toContain('AF');
});

test('a gap is told in an acknowledgment of its own when data leaves in the same turn (RFC 2018 4)', async () => {
  const s = await PacketScript.make();
  const { flow, next } = await s.accepted({ mss: 1460, sackPermitted: true });
  s.segments();
  flow.write(new Uint8Array(16_000));
  s.segments();
  s.tcp('A', 1100, next + 2920, { payload: 'behind' });
  const all = s.segments();
  expect(all.some((each) => each.payload.length > 0)).toBe(true);
  expect(all.some((each) => each.options.sack?.[0]?.left === 1100)).toBe(true);
});

test('TIME-WAIT is prolonged by a repeated FIN and by nothing else', async () => {
  const s = await PacketScript.make();
  const { flow, next } = await s.accepted();
  flow.shutdown();
  s.segments();
  s.tcp('FA', 1000, next + 1);
  for (let i = 0; i < 12; i++) {
    s.clock.advance(5_000);
    s.tcp('A', 500, next + 1);
  }
  s.segments();
  s.clock.advance(1_000);
  s.tcp('FA', 1000, next + 1);
  expect(s.segment().letters).toBe('R');
});

test('timestamps go on from one connection to the next between two hosts, so that a port in TIME-WAIT can be used anew (RFC 7323 5.4)', async () => {
  const s = await PacketScript.make();
  const stamps: number[] = [];
  for (let i = 0; i < 6; i++) {
    const { flow, syn } = s.connecting();
    stamps.push(syn.options.timestamps!.value);
    s.tcp('RA', 0, syn.sequence + 1);
    await flow.catch(() => {});
    s.clock.advance(10);
  }
  for (let i = 1; i < stamps.length; i++) expect((stamps[i]! - stamps[i - 1]!) | 0).toBe(10);
});

test('a listener says nothing to a FIN or a segment without flags (RFC 9293 3.10.7.2)', async () => {
  const s = await PacketScript.make();
  await s.listen();
  s.tcp('F', 999);
  s.tcp('', 999);
  expect(s.segments()).toEqual([]);
});
