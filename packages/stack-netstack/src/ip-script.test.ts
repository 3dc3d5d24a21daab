import type { Address, Flow, UdpPort } from '@heddle/core';
import { encodeEcho, encodeUdp, PROTOCOL } from '@heddle/wire';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bytes, OWN, PacketScript, PEER, readText } from '../test/packet-script.js';

describe('UDP', () => {
  test('a datagram to a closed port is answered with port unreachable, which quotes it', async () => {
    const s = await PacketScript.make();
    s.udp(4000, 9, bytes('x'));
    expect(s.icmps()).toMatchObject([{ kind: 'unreachable', code: 3 }]);
  });

  test('unreachables are limited', async () => {
    const s = await PacketScript.make();
    for (let i = 0; i < 500; i++) s.udp(4000, 9, bytes('x'));
    expect(s.icmps().length).toBeLessThanOrEqual(60);
  });

  test('an empty datagram arrives', async () => {
    const s = await PacketScript.make();
    const got: number[] = [];
    await s.stack.flows.bindUdp({ port: 53 }, (datagram) => got.push(datagram.length));
    s.udp(4000, 53, new Uint8Array(0));
    expect(got).toEqual([0]);
  });

  test('a datagram without a checksum arrives, one with a wrong checksum does not', async () => {
    const s = await PacketScript.make();
    const got: number[] = [];
    await s.stack.flows.bindUdp({ port: 53 }, (datagram) => got.push(datagram.length));
    const good = encodeUdp({ sourcePort: 1, destinationPort: 53, payload: bytes('abc') }, PEER, OWN) as Uint8Array;
    const none = good.slice();
    none.set([0, 0], 6);
    const bad = good.slice();
    bad[6] = bad[6]! ^ 0x55;
    for (const each of [none, bad]) s.ip(PROTOCOL.UDP, each);
    expect(got).toEqual([3]);
    expect(s.drops.get('checksum')).toBe(1);
  });

  test('an ICMP error about a datagram reaches the port that sent it, and no other', async () => {
    const s = await PacketScript.make();
    const port = await bound(s);
    const errors: string[] = [];
    port.on({ error: (reason, to) => errors.push(`${reason} ${to.address}:${to.port}`) });
    port.send(bytes('x'), { address: '10.0.0.2', port: 7 });
    const quoted = s.out[0]!;
    s.icmp({ kind: 'unreachable', code: 3, quoted });
    const other = quoted.slice();
    other[21] = other[21]! ^ 1;
    s.icmp({ kind: 'unreachable', code: 3, quoted: other });
    expect(errors).toEqual(['refused 10.0.0.2:7']);
  });

  test('ports that nobody chose are random', async () => {
    const s = await PacketScript.make();
    const ports = await Promise.all(Array.from({ length: 20 }, () => bound(s)));
    const numbers = ports.map((port) => port.at.port);
    expect(new Set(numbers).size).toBe(20);
    expect(numbers.every((number) => number >= 49_152)).toBe(true);
    expect(numbers.filter((number, i) => i > 0 && number === numbers[i - 1]! + 1).length).toBeLessThan(5);
  });

  test('a datagram larger than the MTU leaves in fragments that fit, and arrives whole in any order', async () => {
    const s = await PacketScript.make({}, 600);
    const port = await bound(s);
    port.send(new Uint8Array(1_500).fill(7), { address: '10.0.0.2', port: 7 });
    const fragments = s.out.splice(0);
    expect(fragments.map((each) => each.length)).toEqual([596, 596, 376]);
    const got: number[] = [];
    await s.stack.flows.bindUdp({ port: 53 }, (datagram) => got.push(datagram.length));
    for (const part of fragmentsOf(new Uint8Array(1_500), [2, 0, 1])) part(s);
    expect(got).toEqual([1_500]);
  });
});

describe('fragments', () => {
  test('that come twice do no harm', async () => {
    const { s, got } = await fragmentListener();
    for (const part of fragmentsOf(new Uint8Array(1_500), [0, 0, 1, 1, 2])) part(s);
    expect(got).toEqual([1_500]);
  });

  test('A4: that overlap make the whole packet worthless', async () => {
    const { s, got } = await fragmentListener();
    const [first, second, third] = fragmentsOf(new Uint8Array(1_500), [0, 1, 2]);
    first!(s);
    s.ip(PROTOCOL.UDP, new Uint8Array(16), { moreFragments: true, fragmentOffset: 504 });
    second!(s);
    third!(s);
    expect(got).toEqual([]);
    expect(s.drops.get('fragment-overlap')).toBe(1);
  });

  test('whose rest does not come are forgotten after 30 seconds', async () => {
    const { s, got } = await fragmentListener();
    const [first, second, third] = fragmentsOf(new Uint8Array(1_500), [0, 1, 2]);
    first!(s);
    second!(s);
    s.clock.advance(30_001);
    third!(s);
    expect(got).toEqual([]);
    expect(s.drops.get('fragment-timeout')).toBe(1);
  });

  test('A4: a tiny first fragment is refused', async () => {
    const { s } = await fragmentListener();
    s.ip(PROTOCOL.TCP, new Uint8Array(8), { moreFragments: true });
    expect(s.drops.get('fragment-malformed')).toBe(1);
  });

  test('a flood of beginnings stays within its bounds', async () => {
    const { s } = await fragmentListener();
    for (let id = 0; id < 5_000; id++) s.ip(PROTOCOL.UDP, new Uint8Array(1_024), { moreFragments: true, id });
    expect(s.drops.get('fragment-refused')).toBeGreaterThan(4_900);
  });
});

describe('addresses', () => {
  test('packets for others, and from addresses that cannot be, are dropped', async () => {
    const s = await PacketScript.make();
    const from = (source: number[]): void => s.ip(PROTOCOL.UDP, new Uint8Array(8), { source: Uint8Array.from(source) });
    for (const source of [
      [127, 0, 0, 1],
      [224, 0, 0, 1],
      [10, 0, 0, 1],
      [255, 255, 255, 255],
    ])
      from(source);
    s.ip(PROTOCOL.UDP, new Uint8Array(8), { destination: Uint8Array.from([10, 0, 0, 9]) });
    expect(s.drops.get('ip-not-ours')).toBe(5);
    expect(s.out).toEqual([]);
  });

  test('where no route leads, connect says so', async () => {
    const s = await PacketScript.make();
    await expect(s.stack.flows.connect({ address: '192.0.2.1', port: 80 })).rejects.toMatchObject({ code: 'ENETUNREACH' });
  });
});

describe('ICMP about TCP', () => {
  test('A13: "too big" makes segments smaller and sends what was under way again; quotes of what is not under way are ignored', async () => {
    const s = await PacketScript.make();
    const { flow } = await s.accepted();
    flow.write(new Uint8Array(1_460));
    const quoted = s.out.splice(0)[0]!.slice(0, 28);
    const stranger = quoted.slice();
    stranger[24] = stranger[24]! ^ 0x40;
    s.icmp({ kind: 'too-big', mtu: 1_000, quoted: stranger });
    expect(s.segments()).toEqual([]);
    s.icmp({ kind: 'too-big', mtu: 1_000, quoted });
    const again = s.payloads(PROTOCOL.TCP);
    expect(again.reduce((sum, each) => sum + each.length - 20, 0)).toBe(1_460);
    flow.write(new Uint8Array(100));
  });

  test('A13: a black hole that swallows full segments is found after two timeouts', async () => {
    const s = await PacketScript.make();
    const { flow } = await s.accepted();
    flow.write(new Uint8Array(1_460));
    s.out.splice(0);
    s.clock.advance(1_500);
    const sizes = s.segments().map((each) => each.payload.length);
    expect(sizes[0]).toBe(1_460);
    expect(sizes.at(-1)).toBe(536);
  });

  test('"unreachable" ends a connection that is being opened, and no open one', async () => {
    const s = await PacketScript.make();
    const connecting = s.stack.flows.connect({ address: '10.0.0.2', port: 4000 });
    s.icmp({ kind: 'unreachable', code: 1, quoted: s.out.splice(0)[0]!.slice(0, 28) });
    await expect(connecting).rejects.toMatchObject({ code: 'EHOSTUNREACH' });
    const { flow } = await s.accepted();
    let closed: unknown = 'open';
    flow.on({
      closed: (error) => {
        closed = error;
      },
    });
    flow.write(bytes('x'));
    s.icmp({ kind: 'unreachable', code: 1, quoted: s.out.splice(0)[0]!.slice(0, 28) });
    expect(closed).toBe('open');
  });
});

describe('interception', () => {
  test('the first claim wins, before the handshake ends, and who is undone is not asked', async () => {
    const s = await PacketScript.make();
    const asked: string[] = [];
    const undo = s.stack.flows.intercept(() => void asked.push('undone'));
    s.stack.flows.intercept((flow) => {
      asked.push(`${flow.protocol} ${flow.local.address}:${flow.local.port}`);
      return undefined;
    });
    const flows: Flow[] = [];
    s.stack.flows.intercept(() => ({ accept: (flow) => flows.push(flow) }));
    s.stack.flows.intercept(() => 'refuse');
    undo();
    s.tcp('S', 999);
    const answer = s.segment();
    expect(asked).toEqual(['tcp 10.0.0.1:80']);
    s.tcp('A', 1000, answer.sequence + 1, { payload: 'hi' });
    expect(readText(flows[0]!)).toBe('hi');
  });

  test('refuse resets, drop is silent, redirect leads to another port of ours', async () => {
    const s = await PacketScript.make();
    const claims = { 1: 'refuse', 2: 'drop', 3: { redirect: { address: '10.0.0.1', port: 80 } } } as const;
    s.stack.flows.intercept((flow) => claims[flow.local.port as 1 | 2 | 3]);
    const flows: Flow[] = [];
    await s.listen((flow) => flows.push(flow));
    s.port = 1;
    s.tcp('S', 999);
    expect(s.segment().letters).toBe('AR');
    s.port = 2;
    s.tcp('S', 999);
    expect(s.segments()).toEqual([]);
    s.port = 3;
    s.tcp('S', 999);
    s.tcp('A', 1000, s.segment().sequence + 1);
    expect(flows[0]?.local.port).toBe(3);
  });

  test('with acceptAny, flows to any address are offered; without, they are not', async () => {
    for (const acceptAny of [true, false]) {
      const s = await PacketScript.make({ acceptAny });
      const seen: Address[] = [];
      s.stack.flows.intercept((flow) => {
        seen.push(flow.local);
        return { accept: (claimed) => claimed.write(bytes('pong')) };
      });
      s.ip(PROTOCOL.UDP, encodeUdp({ sourcePort: 1, destinationPort: 2, payload: bytes('ping') }, PEER, Uint8Array.from([8, 8, 8, 8])), {
        destination: Uint8Array.from([8, 8, 8, 8]),
      });
      expect(seen).toEqual(acceptAny ? [{ address: '8.8.8.8', port: 2 }] : []);
      expect(s.datagrams().length).toBe(acceptAny ? 1 : 0);
    }
  });

  test('a redirected datagram is answered from where it was sent to', async () => {
    const s = await PacketScript.make();
    s.stack.flows.intercept((flow) => (flow.local.port === 53 ? { redirect: { address: '10.0.0.1', port: 5353 } } : undefined));
    const port: UdpPort = await s.stack.flows.bindUdp({ port: 5353 }, (datagram, from) => void port.send(datagram.slice(), from));
    s.udp(4000, 53, bytes('q'));
    expect(s.datagrams()).toMatchObject([{ sourcePort: 53, destinationPort: 4000 }]);
  });
});

test('ping resolves with the time of the round trip, and fails when the host is unreachable', async () => {
  const s = await PacketScript.make();
  const ping = s.stack.flows.ping('10.0.0.2');
  const request = s.icmps()[0]!;
  s.clock.advance(30);
  if (request.kind !== 'echo-request') throw new Error('no echo request');
  s.raw(encodeEcho({ ...request, kind: 'echo-reply', source: PEER, destination: OWN }));
  expect(await ping).toBe(30);
  const lost = s.stack.flows.ping('10.0.0.2');
  s.icmp({ kind: 'unreachable', code: 1, quoted: s.out.splice(0)[0]! });
  await expect(lost).rejects.toMatchObject({ code: 'EHOSTUNREACH' });
});

test('B1: no segment, and no packet, makes the stack throw or lose a connection to somebody without its numbers', async () => {
  const s = await PacketScript.make();
  const { flow } = await s.accepted({ mss: 1460, sackPermitted: true, windowScale: 3 });
  flow.write(new Uint8Array(10_000));
  const word = fc.integer({ min: 0, max: 0xffffffff });
  const segment = fc.record({
    flags: fc.integer({ min: 0, max: 255 }),
    sequence: word,
    acknowledgment: word,
    window: fc.nat(65_535),
    near: fc.boolean(),
    sack: fc.array(fc.record({ left: word, right: word }), { maxLength: 2 }),
  });
  fc.assert(
    fc.property(segment, fc.uint8Array({ maxLength: 80 }), (each, junk) => {
      s.tcp('', each.near ? 1000 + (each.sequence % 3) : each.sequence, each.acknowledgment, {
        flags: each.flags & 0xfb,
        window: each.window,
        options: { sack: each.sack },
      });
      s.ip(junk[0] ?? 6, junk);
      s.raw(junk);
      s.ip(PROTOCOL.TCP, junk, { moreFragments: (junk[1] ?? 0) > 128, fragmentOffset: 8 * (junk[2] ?? 0) });
      s.clock.advance(junk.length);
      s.out.length = 0;
    }),
    { seed: 1, numRuns: 3_000 },
  );
});

async function bound(s: PacketScript) {
  return s.stack.flows.bindUdp({}, () => {});
}

async function fragmentListener(): Promise<{ s: PacketScript; got: number[] }> {
  const s = await PacketScript.make();
  const got: number[] = [];
  await s.stack.flows.bindUdp({ port: 53 }, (datagram) => got.push(datagram.length));
  return { s, got };
}

/** Three fragments of a datagram to port 53, in this order. */
function fragmentsOf(payload: Uint8Array, order: readonly number[]): ((s: PacketScript) => void)[] {
  const whole = encodeUdp({ sourcePort: 1, destinationPort: 53, payload }, PEER, OWN) as Uint8Array;
  return order.map((i) => (s) => {
    const part = whole.slice(512 * i, i === 2 ? undefined : 512 * (i + 1));
    s.ip(PROTOCOL.UDP, part, { moreFragments: i < 2, fragmentOffset: 512 * i });
  });
}
