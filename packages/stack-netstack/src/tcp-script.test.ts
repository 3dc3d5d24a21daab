import { describe, expect, test } from 'vitest';
import { bytes, PacketScript, readText } from '../test/packet-script.js';

const STAMPS = { mss: 1460, timestamps: { value: 5_000, echo: 0 } };

describe('opening', () => {
  test('a SYN to a listener is answered with SYN-ACK, and the flow is handed out when the handshake ends', async () => {
    const s = await PacketScript.make();
    const flows: unknown[] = [];
    await s.listen((flow) => flows.push(flow));
    s.tcp('S', 999, 0, { options: { mss: 1460, sackPermitted: true, windowScale: 7, timestamps: { value: 1, echo: 0 } } });
    const answer = s.segment();
    expect(answer).toMatchObject({ letters: 'AS', acknowledgment: 1000 });
    expect(answer.options).toMatchObject({ mss: 1460, sackPermitted: true, timestamps: { echo: 1 } });
    expect(flows).toHaveLength(0);
    s.tcp('A', 1000, answer.sequence + 1, { options: { timestamps: { value: 2, echo: 0 } } });
    expect(flows).toHaveLength(1);
  });

  test('options that the peer did not offer are not used', async () => {
    const s = await PacketScript.make();
    await s.listen();
    s.tcp('S', 999);
    expect(s.segment().options).toEqual({ mss: 1460 });
  });

  test('ECN bits in a SYN do not disturb', async () => {
    const s = await PacketScript.make();
    await s.listen();
    s.tcp('S', 999, 0, { flags: 0xc2 });
    expect(s.segment().letters).toBe('AS');
  });

  test('a repeated SYN is answered again and makes no second connection', async () => {
    const s = await PacketScript.make();
    const flows: unknown[] = [];
    await s.listen((flow) => flows.push(flow));
    s.tcp('S', 999);
    const first = s.segment();
    s.clock.advance(600);
    s.tcp('S', 999);
    expect(s.segment()).toMatchObject({ letters: 'AS', sequence: first.sequence });
    s.tcp('A', 1000, first.sequence + 1);
    expect(flows).toHaveLength(1);
  });

  test('an ACK that does not acknowledge our SYN is reset in SYN-RECEIVED', async () => {
    const s = await PacketScript.make();
    await s.listen();
    s.tcp('S', 999);
    const { sequence } = s.segment();
    s.tcp('A', 1000, sequence + 5);
    expect(s.segment()).toMatchObject({ letters: 'R', sequence: (sequence + 5) >>> 0 });
  });

  test('a reset in SYN-RECEIVED frees the backlog without a word', async () => {
    const s = await PacketScript.make();
    await s.listen(undefined, 1);
    s.tcp('S', 999);
    s.segment();
    s.tcp('R', 1000);
    expect(s.segments()).toEqual([]);
    s.peerPort = 4001;
    s.tcp('S', 999, 0, { options: { mss: 1460, sackPermitted: true } });
    expect(s.segment().options.sackPermitted).toBe(true);
  });

  test('connect sends a SYN, takes SYN-ACK and answers with an ACK', async () => {
    const s = await PacketScript.make();
    const { flow, syn } = s.connecting();
    expect(syn).toMatchObject({ letters: 'S' });
    expect(syn.sourcePort).toBeGreaterThanOrEqual(49_152);
    s.tcp('SA', 999, syn.sequence + 1);
    s.clock.advance(0);
    expect(s.segment()).toMatchObject({ letters: 'A', acknowledgment: 1000, sequence: (syn.sequence + 1) >>> 0 });
    expect((await flow).remote).toEqual({ address: '10.0.0.2', port: 4000 });
  });

  test('what is written as soon as the connection is open carries the last acknowledgment of the handshake', async () => {
    const s = await PacketScript.make();
    const { flow, syn } = s.connecting();
    s.tcp('SA', 999, syn.sequence + 1);
    (await flow).write(bytes('hello'));
    expect(s.segment()).toMatchObject({ text: 'hello', acknowledgment: 1000, sequence: (syn.sequence + 1) >>> 0 });
    s.clock.advance(0);
    expect(s.segments()).toEqual([]);
  });

  test('a SYN is repeated after 1, 2, 4 … seconds, and connect fails with ETIMEDOUT in the end', async () => {
    const s = await PacketScript.make();
    const { flow } = s.connecting();
    const failed = expect(flow).rejects.toMatchObject({ code: 'ETIMEDOUT' });
    const times: number[] = [];
    while (s.clock.pending > 0) {
      s.clock.runUntil(s.clock.next);
      if (s.segments().length > 0) times.push(s.clock.now());
    }
    expect(times).toEqual([1_000, 3_000, 7_000, 15_000, 31_000, 63_000]);
    await failed;
  });

  test('a reset with an acceptable ACK refuses, one without does nothing (SYN-SENT)', async () => {
    const s = await PacketScript.make();
    const { flow, syn } = s.connecting();
    s.tcp('R', 0);
    s.tcp('RA', 0, syn.sequence + 7);
    expect(s.segments()).toEqual([]);
    s.tcp('RA', 0, syn.sequence + 1);
    await expect(flow).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });

  test('an ACK of something never sent is reset in SYN-SENT', async () => {
    const s = await PacketScript.make();
    const { flow, syn } = s.connecting();
    flow.catch(() => {});
    s.tcp('SA', 999, syn.sequence + 9);
    expect(s.segment()).toMatchObject({ letters: 'R', sequence: (syn.sequence + 9) >>> 0 });
  });

  test('two that connect to each other at the same time share one connection (simultaneous open)', async () => {
    const s = await PacketScript.make();
    const { flow, syn } = s.connecting();
    s.tcp('S', 999);
    expect(s.segment()).toMatchObject({ letters: 'AS', sequence: syn.sequence, acknowledgment: 1000 });
    s.tcp('SA', 999, syn.sequence + 1);
    expect((await flow).remote.port).toBe(4000);
  });

  test('initial sequence numbers differ from port to port and follow a clock', async () => {
    const s = await PacketScript.make();
    await s.listen();
    const seen = new Set<number>();
    for (s.peerPort = 5000; s.peerPort < 5050; s.peerPort++) {
      s.tcp('S', 999);
      seen.add(s.segment().sequence);
    }
    expect(seen.size).toBe(50);
  });

  test('A15: beyond the backlog a SYN is answered with a cookie, and its ACK makes a connection', async () => {
    const s = await PacketScript.make();
    const flows: unknown[] = [];
    await s.listen((flow) => flows.push(flow), 1);
    s.tcp('S', 999);
    s.segment();
    s.peerPort = 4001;
    s.tcp('S', 999, 0, { options: { mss: 1460, sackPermitted: true } });
    const cookie = s.segment();
    expect(cookie.options).toEqual({ mss: 1460 });
    s.tcp('A', 1000, cookie.sequence + 1, { payload: 'hi' });
    expect(flows).toHaveLength(1);
    s.peerPort = 4002;
    s.tcp('A', 1000, cookie.sequence + 1);
    expect(s.segments().at(-1)).toMatchObject({ letters: 'R' });
    expect(flows).toHaveLength(1);
  });
});

describe('closed ports', () => {
  test('a SYN is refused with RST and ACK of all it takes', async () => {
    const s = await PacketScript.make();
    s.tcp('S', 999, 0, { payload: 'abc' });
    expect(s.segment()).toMatchObject({ letters: 'AR', sequence: 0, acknowledgment: 1003 });
  });

  test('an ACK is refused with RST at its acknowledgment, and a RST with nothing', async () => {
    const s = await PacketScript.make();
    s.tcp('A', 999, 55);
    expect(s.segment()).toMatchObject({ letters: 'R', sequence: 55 });
    s.tcp('R', 999);
    expect(s.segments()).toEqual([]);
  });
});

describe('data', () => {
  test('arrives in order, and duplicates arrive once', async () => {
    const s = await PacketScript.make();
    const { flow, next } = await s.accepted();
    s.tcp('A', 1000, next, { payload: 'hello ' });
    s.tcp('A', 1000, next, { payload: 'hello ' });
    s.tcp('A', 1003, next, { payload: 'lo world' });
    expect(readText(flow)).toBe('hello world');
  });

  test('behind a gap waits, is reported by SACK with the newest block first, and follows when the gap is filled', async () => {
    const s = await PacketScript.make();
    const { flow, next } = await s.accepted({ mss: 1460, sackPermitted: true });
    s.tcp('A', 1002, next, { payload: 'cd' });
    s.tcp('A', 1006, next, { payload: 'gh' });
    expect(s.segments().at(-1)).toMatchObject({
      acknowledgment: 1000,
      options: {
        sack: [
          { left: 1006, right: 1008 },
          { left: 1002, right: 1004 },
        ],
      },
    });
    expect(readText(flow)).toBe('');
    s.tcp('A', 1000, next, { payload: 'ab' });
    expect(s.segment().acknowledgment).toBe(1004);
    s.tcp('A', 1004, next, { payload: 'ef' });
    expect(readText(flow)).toBe('abcdefgh');
  });

  test('that came twice is reported by D-SACK', async () => {
    const s = await PacketScript.make();
    const { next } = await s.accepted({ mss: 1460, sackPermitted: true });
    s.tcp('A', 1000, next, { payload: 'abcd' });
    s.segments();
    s.tcp('A', 1000, next, { payload: 'abcd' });
    expect(s.segment()).toMatchObject({ acknowledgment: 1004, options: { sack: [{ left: 1000, right: 1004 }] } });
  });

  test('is cut to the segment size that the peer takes', async () => {
    const s = await PacketScript.make({}, 600);
    const { flow } = await s.accepted({ mss: 200 });
    flow.write(new Uint8Array(200));
    expect(s.segment().payload).toHaveLength(200);
  });

  test('without an MSS option a peer gets segments of 536 bytes', async () => {
    const s = await PacketScript.make();
    const { flow } = await s.accepted({}, 536);
    flow.write(new Uint8Array(2_000));
    expect(s.segment().payload).toHaveLength(536);
  });

  test('with the urgent pointer set is data like any other', async () => {
    const s = await PacketScript.make();
    const { flow, next } = await s.accepted();
    s.tcp('A', 1000, next, { payload: 'x', flags: 0x30, urgent: 1 });
    expect(readText(flow)).toBe('x');
  });

  test('outside the window is acknowledged and dropped', async () => {
    const s = await PacketScript.make();
    const { flow, next } = await s.accepted();
    s.tcp('A', 1000 + 1_000_000, next, { payload: 'far' });
    expect(s.segment()).toMatchObject({ letters: 'A', acknowledgment: 1000 });
    expect(readText(flow)).toBe('');
  });

  test('an ACK of data never sent is challenged, and the data with it dropped', async () => {
    const s = await PacketScript.make();
    const { flow, next } = await s.accepted();
    s.tcp('A', 1000, next + 100, { payload: 'evil' });
    expect(s.segment()).toMatchObject({ letters: 'A', acknowledgment: 1000 });
    expect(readText(flow)).toBe('');
  });

  test('small writes leave at once, and with Nagle one is under way at a time', async () => {
    const eager = await PacketScript.make();
    const a = await eager.accepted();
    for (const text of ['a', 'b', 'c']) a.flow.write(bytes(text));
    expect(eager.segments().map((each) => each.text)).toEqual(['a', 'b', 'c']);
    const nagle = await PacketScript.make({ tcp: { nagle: true } });
    const b = await nagle.accepted();
    for (const text of ['a', 'b', 'c']) b.flow.write(bytes(text));
    expect(nagle.segment().text).toBe('a');
    nagle.tcp('A', 1000, b.next + 1);
    expect(nagle.segment().text).toBe('bc');
  });

  test('a lone segment is acknowledged within 40 ms once the connection has been running', async () => {
    const s = await PacketScript.make();
    const { next } = await s.accepted();
    for (let i = 0; i < 16; i++) s.tcp('A', 1000 + i, next, { payload: 'x' });
    expect(s.segments()).toHaveLength(16);
    s.tcp('A', 1016, next, { payload: 'y' });
    expect(s.segments()).toEqual([]);
    s.clock.advance(40);
    expect(s.segment().acknowledgment).toBe(1017);
  });
});

describe('retransmission', () => {
  test('what is not acknowledged is sent again, at growing intervals, and given up after 15 times', async () => {
    const s = await PacketScript.make();
    const { flow } = await s.accepted();
    let closed: unknown = 'open';
    flow.on({
      closed: (error) => {
        closed = error;
      },
    });
    flow.write(bytes('x'));
    s.segment();
    const times: number[] = [];
    while (closed === 'open' && s.clock.pending > 0) {
      s.clock.runUntil(s.clock.next);
      for (const each of s.segments()) if (each.text === 'x') times.push(s.clock.now());
    }
    expect(times).toHaveLength(15);
    expect(times[1]! - times[0]!).toBeCloseTo(2 * times[0]!, 0);
    expect(closed).toBe('timeout');
  });

  test('the user timeout ends a connection earlier', async () => {
    const s = await PacketScript.make({ tcp: { userTimeout: 5_000 } });
    const { flow } = await s.accepted();
    let closed: unknown = 'open';
    flow.on({
      closed: (error) => {
        closed = error;
      },
    });
    flow.write(bytes('x'));
    s.clock.advance(15_000);
    expect(closed).toBe('timeout');
  });

  test('three duplicate ACKs make a peer without SACK get the lost segment at once', async () => {
    const s = await PacketScript.make();
    const { flow, next } = await s.accepted({ mss: 100 });
    for (let i = 0; i < 6; i++) flow.write(new Uint8Array(100).fill(65 + i));
    expect(s.segments()).toHaveLength(6);
    for (let i = 0; i < 3; i++) s.tcp('A', 1000, next);
    expect(s.segments().map((each) => each.sequence)).toContain(next);
  });

  test('SACK of three segments behind makes the lost one leave at once, and it alone', async () => {
    const s = await PacketScript.make();
    const { flow, next } = await s.accepted({ mss: 100, sackPermitted: true });
    for (let i = 0; i < 6; i++) flow.write(new Uint8Array(100).fill(65 + i));
    s.segments();
    s.clock.advance(20);
    s.segments(); // the probe of the tail
    s.tcp('A', 1000, next, { options: { sack: [{ left: next + 100, right: next + 400 }] } });
    expect(s.segments().map((each) => each.sequence)).toEqual([next]);
  });

  test('a lost tail is probed after two round trips, not after the long timeout (TLP)', async () => {
    const s = await PacketScript.make();
    const { flow, next } = await s.accepted({ mss: 100, sackPermitted: true });
    flow.write(new Uint8Array(100));
    s.segments();
    s.clock.advance(50);
    s.tcp('A', 1000, next + 100);
    for (let i = 0; i < 3; i++) flow.write(new Uint8Array(100).fill(i));
    s.segments();
    s.clock.advance(120);
    expect(s.segment()).toMatchObject({ sequence: next + 300 });
  });
});

describe('windows', () => {
  test('a closed window is probed with one byte, for as long as ACKs come, and opens again', async () => {
    const s = await PacketScript.make();
    const { flow, next } = await s.accepted({ mss: 100 }, 0);
    flow.write(bytes('hello'));
    expect(s.segments()).toEqual([]);
    for (let round = 0; round < 20; round++) {
      while (s.out.length === 0) s.clock.runUntil(s.clock.next);
      expect(s.segment()).toMatchObject({ text: 'h', sequence: next });
      s.tcp('A', 1000, next, { window: 0 });
      s.segments();
    }
    s.tcp('A', 1000, next + 1, { window: 1000 });
    expect(s.segment().text).toBe('ello');
  });

  test('a reader that does not read closes the window, and a window update follows when it does', async () => {
    const s = await PacketScript.make({ tcp: { receiveBuffer: 4_000 } });
    const { flow, next } = await s.accepted();
    for (let i = 0; i < 4; i++) s.tcp('A', 1000 + 1000 * i, next, { payload: 'x'.repeat(1000) });
    expect(s.segments().at(-1)).toMatchObject({ window: 0, acknowledgment: 5000 });
    flow.read(new Uint8Array(4_000));
    expect(s.segment()).toMatchObject({ letters: 'A', window: 4_000 });
  });

  test('the window in a SYN is never scaled, later ones are', async () => {
    const s = await PacketScript.make();
    await s.listen();
    s.tcp('S', 999, 0, { options: { mss: 1460, windowScale: 2 } });
    const answer = s.segment();
    expect(answer.window).toBe(65_535);
    s.tcp('A', 1000, answer.sequence + 1, { payload: 'x' });
    expect(s.segment().window * 2 ** answer.options.windowScale!).toBeGreaterThanOrEqual(200_000);
  });
});

describe('resets and strangers', () => {
  test('A14: a reset with exactly the next number ends the connection; one inside the window is challenged; one outside is ignored', async () => {
    const s = await PacketScript.make();
    const { flow } = await s.accepted();
    let closed: unknown = 'open';
    flow.on({
      closed: (error) => {
        closed = error;
      },
    });
    s.tcp('R', 1000 + 1_000_000);
    expect(s.segments()).toEqual([]);
    s.tcp('R', 1001);
    expect(s.segment()).toMatchObject({ letters: 'A', acknowledgment: 1000 });
    s.tcp('R', 1002);
    expect(s.segments()).toEqual([]);
    expect(closed).toBe('open');
    s.tcp('R', 1000);
    expect(closed).toBe('reset');
  });

  test('a SYN in an open connection is challenged', async () => {
    const s = await PacketScript.make();
    const { next } = await s.accepted();
    s.tcp('S', 1000);
    expect(s.segment()).toMatchObject({ letters: 'A', sequence: next, acknowledgment: 1000 });
  });

  test('the limit of challenges does not swallow the ACK of a retransmission', async () => {
    const s = await PacketScript.make();
    const { next } = await s.accepted();
    s.tcp('A', 1000, next, { payload: 'abc' });
    s.segments();
    for (let i = 0; i < 3; i++) {
      s.tcp('A', 1000, next, { payload: 'abc' });
      expect(s.segment().acknowledgment).toBe(1003);
    }
  });

  test('an old timestamp is answered and its segment dropped (PAWS)', async () => {
    const s = await PacketScript.make();
    const { flow, next } = await s.accepted(STAMPS);
    s.tcp('A', 1000, next, { payload: 'old', options: { timestamps: { value: 10, echo: 0 } } });
    expect(s.segment().acknowledgment).toBe(1000);
    expect(readText(flow)).toBe('');
  });

  test('data that comes in one batch with a reset can be read before the end is told', async () => {
    const s = await PacketScript.make();
    const { flow, next } = await s.accepted();
    const told: unknown[] = [];
    flow.on({
      readable: () => told.push(new TextDecoder().decode(into.subarray(0, Math.max(0, flow.read(into))))),
      closed: (error) => told.push(error),
    });
    const into = new Uint8Array(100);
    s.together(() => {
      s.tcp('A', 1000, next, { payload: 'answer' });
      s.tcp('R', 1006, 0);
    });
    expect(told).toEqual(['answer', 'reset']);
  });

  test('a reset behind data and a FIN that nobody has read is no end in order', async () => {
    const s = await PacketScript.make();
    const { flow, next } = await s.accepted();
    let closed: unknown;
    flow.on({ closed: (error) => (closed = error) });
    s.tcp('FA', 1000, next, { payload: 'answer' });
    s.tcp('R', 1007, 0);
    expect([flow.read(new Uint8Array(100)), closed]).toEqual([0, 'reset']);
  });

  test('reset() sends RST with the next sequence number', async () => {
    const s = await PacketScript.make();
    const { flow, next } = await s.accepted();
    flow.write(bytes('abc'));
    s.segments();
    flow.reset();
    expect(s.segment()).toMatchObject({ letters: 'AR', sequence: next + 3 });
  });
});

describe('closing', () => {
  test('shutdown sends FIN; data of the peer still arrives; its FIN ends the flow in order', async () => {
    const s = await PacketScript.make();
    const { flow, next } = await s.accepted();
    let closed: unknown = 'open';
    flow.on({
      closed: (error) => {
        closed = error;
      },
    });
    flow.shutdown();
    expect(s.segment()).toMatchObject({ letters: 'AF', sequence: next });
    s.tcp('A', 1000, next + 1);
    s.tcp('A', 1000, next + 1, { payload: 'late' });
    expect(readText(flow)).toBe('late');
    s.tcp('FA', 1004, next + 1);
    expect(s.segments().at(-1)).toMatchObject({ acknowledgment: 1005 });
    expect(readText(flow)).toBe('<end>');
    expect(closed).toBeUndefined();
  });

  test('a peer that finishes first can still be written to', async () => {
    const s = await PacketScript.make();
    const { flow, next } = await s.accepted();
    s.tcp('FA', 1000, next);
    s.segments();
    flow.write(bytes('bye'));
    expect(s.segment().text).toBe('bye');
    flow.shutdown();
    expect(s.segment()).toMatchObject({ letters: 'AF', sequence: next + 3 });
    s.tcp('A', 1001, next + 4);
    s.tcp('A', 1001, next + 4);
    expect(s.segment().letters).toBe('R');
  });

  test('both that finish at the same time end in TIME-WAIT (simultaneous close)', async () => {
    const s = await PacketScript.make();
    const { flow, next } = await s.accepted();
    flow.shutdown();
    s.segments();
    s.tcp('FA', 1000, next);
    expect(s.segment()).toMatchObject({ acknowledgment: 1001 });
    s.tcp('A', 1001, next + 1);
    s.tcp('FA', 1000, next + 1);
    expect(s.segments().at(-1)).toMatchObject({ letters: 'A', acknowledgment: 1001 });
  });

  test('a lost FIN is sent again', async () => {
    const s = await PacketScript.make();
    const { flow, next } = await s.accepted();
    flow.shutdown();
    s.segments();
    s.clock.advance(1_500);
    expect(s.segments()[0]).toMatchObject({ letters: 'AF', sequence: next });
  });

  test('TIME-WAIT answers a repeated FIN, and ends after its time', async () => {
    const s = await PacketScript.make();
    const { flow, next } = await s.accepted();
    flow.shutdown();
    s.tcp('A', 1000, next + 1);
    s.tcp('FA', 1000, next + 1);
    s.segments();
    s.tcp('FA', 1000, next + 1);
    expect(s.segment()).toMatchObject({ letters: 'A', acknowledgment: 1001 });
    s.clock.advance(60_001);
    s.tcp('FA', 1000, next + 1);
    expect(s.segment().letters).toBe('R');
  });

  test('a new SYN with a higher number takes the place of a connection in TIME-WAIT', async () => {
    const s = await PacketScript.make();
    const { flow, next } = await s.accepted();
    flow.shutdown();
    s.tcp('A', 1000, next + 1);
    s.tcp('FA', 1000, next + 1);
    s.segments();
    s.tcp('S', 500);
    expect(s.segments().every((each) => each.letters === 'A')).toBe(true);
    s.tcp('S', 70_000);
    expect(s.segment()).toMatchObject({ letters: 'AS', acknowledgment: 70_001 });
  });
});

describe('a flow that its owner closed', () => {
  test('sends what was written and a FIN, and waits a minute for the peer to finish (FIN-WAIT-2)', async () => {
    const s = await PacketScript.make();
    const { flow, next } = await s.accepted();
    flow.write(bytes('bye'));
    flow.close();
    expect(s.segments().at(-1)).toMatchObject({ letters: 'AF' });
    s.tcp('A', 1000, next + 4);
    s.clock.advance(59_000);
    s.tcp('A', 999, next + 4);
    expect(s.segment().letters).toBe('A');
    s.clock.advance(2_000);
    s.tcp('A', 1000, next + 4);
    expect(s.segment().letters).toBe('R');
  });

  test('without close, FIN-WAIT-2 lasts as long as the owner reads', async () => {
    const s = await PacketScript.make();
    const { flow, next } = await s.accepted();
    flow.shutdown();
    s.tcp('A', 1000, next + 1);
    s.segments();
    s.clock.advance(3_600_000);
    s.tcp('A', 1000, next + 1, { payload: 'late' });
    expect(readText(flow)).toBe('late');
  });

  test('a peer that finishes in time ends in TIME-WAIT', async () => {
    const s = await PacketScript.make();
    const { flow, next } = await s.accepted();
    flow.close();
    s.tcp('A', 1000, next + 1);
    s.tcp('FA', 1000, next + 1);
    s.segments();
    s.tcp('FA', 1000, next + 1);
    expect(s.segment()).toMatchObject({ letters: 'A', acknowledgment: 1001 });
  });

  test('data that comes after the close is answered with a reset', async () => {
    const s = await PacketScript.make();
    const { flow, next } = await s.accepted();
    flow.close();
    s.segments();
    s.tcp('A', 1000, next + 1, { payload: 'hello?' });
    expect(s.segment()).toMatchObject({ letters: 'AR', sequence: next + 1 });
  });

  test('data that waited unread is answered with a reset at once, and no FIN', async () => {
    const s = await PacketScript.make();
    const { flow, next } = await s.accepted();
    s.tcp('A', 1000, next, { payload: 'unread' });
    s.segments();
    flow.close();
    expect(s.segments().map((each) => each.letters)).toEqual(['AR']);
  });

  test('nothing is told afterwards', async () => {
    const s = await PacketScript.make();
    const { flow, next } = await s.accepted();
    const told: string[] = [];
    flow.on({ readable: () => told.push('readable'), closed: () => told.push('closed') });
    flow.close();
    s.tcp('A', 1000, next + 1);
    s.tcp('FA', 1000, next + 1);
    s.clock.advance(120_000);
    expect(told).toEqual([]);
  });
});

test('keep-alive begins and ends when the owner of a flow says so', async () => {
  const s = await PacketScript.make();
  const { flow, next } = await s.accepted();
  flow.setKeepAlive!(true, 10_000);
  s.clock.advance(10_001);
  expect(s.segment()).toMatchObject({ letters: 'A', sequence: next - 1 });
  s.tcp('A', 1000, next);
  flow.setKeepAlive!(false);
  s.clock.advance(600_000);
  expect(s.segments()).toEqual([]);
});

test('setNoDelay(false) makes small segments wait for one another, and true lets them go', async () => {
  const s = await PacketScript.make();
  const { flow, next } = await s.accepted();
  flow.setNoDelay!(false);
  for (const letter of 'abc') flow.write(bytes(letter));
  expect(s.segment()).toMatchObject({ sequence: next, text: 'a' });
  flow.setNoDelay!(true);
  expect(s.segment().text).toBe('bc');
});

test('keep-alive probes an idle connection and gives a dead peer up', async () => {
  const s = await PacketScript.make({ tcp: { keepAlive: { idle: 60_000, interval: 10_000, count: 3 } } });
  const { flow, next } = await s.accepted();
  let closed: unknown = 'open';
  flow.on({
    closed: (error) => {
      closed = error;
    },
  });
  s.clock.advance(60_001);
  expect(s.segment()).toMatchObject({ letters: 'A', sequence: next - 1 });
  s.tcp('A', 1000, next);
  s.clock.advance(61_000);
  expect(s.segments()).toHaveLength(1);
  s.clock.advance(40_000);
  expect(closed).toBe('timeout');
});

test('while the stack is paused nothing leaves, and afterwards everything does', async () => {
  const s = await PacketScript.make();
  const { flow, next } = await s.accepted();
  s.stack.pause(true);
  flow.write(bytes('hello'));
  s.tcp('A', 1000, next, { payload: 'x' });
  s.clock.advance(100);
  expect(s.out).toEqual([]);
  s.stack.pause(false);
  expect(s.segments()[0]).toMatchObject({ text: 'hello', acknowledgment: 1001 });
});

test('close ends every flow and every connect, and sets no timer any more', async () => {
  const s = await PacketScript.make();
  const { flow } = await s.accepted();
  const { flow: connecting } = s.connecting();
  let closed: unknown = 'open';
  flow.on({
    closed: (error) => {
      closed = error;
    },
  });
  flow.write(bytes('x'));
  await s.stack.close();
  await expect(connecting).rejects.toMatchObject({ code: 'ECONNABORTED' });
  expect([closed, s.clock.pending, flow.write(bytes('y'))]).toEqual(['aborted', 0, 0]);
});
