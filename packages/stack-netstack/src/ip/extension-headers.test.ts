import { PacketBatch } from '@heddle/core';
import { createUpperLayer, decodeIcmpv6, encodeIcmpv6, encodeIpv6, findUpperLayer, type IcmpMessage, parseAddress } from '@heddle/wire';
import fc from 'fast-check';
import { beforeEach, describe, expect, test } from 'vitest';
import { PacketScript } from '../../test/packet-script.js';
import { faultOfExtensions, faultOfProtocol } from './extension-headers.js';

const OWN = parseAddress('fd00::1')!;
const PEER = parseAddress('fd00::2')!;
const [HOP_BY_HOP, ROUTING, ICMPV6, NONE, OPTIONS, UNKNOWN] = [0, 43, 58, 59, 60, 253];

describe('IPv6 extension headers', () => {
  let s: PacketScript;
  beforeEach(async () => {
    s = await PacketScript.make();
    await s.stack.configure({ addresses: ['fd00::1/64'], routes: [], mtu: 1500 });
  });

  test('whose options may be skipped are skipped', () => {
    send(s, OPTIONS, [ICMPV6, 0, 0x1e, 2, 1, 2, 0, 0], echo());
    expect(answers(s)).toMatchObject([{ kind: 'echo-reply' }]);
  });

  test('with an unknown option that says so make the packet vanish', () => {
    send(s, OPTIONS, [ICMPV6, 0, 0x5e, 2, 1, 2, 0, 0], echo());
    expect(answers(s)).toEqual([]);
    expect(s.drops.get('ip-extension')).toBe(1);
  });

  test.each([0x9e, 0xde])('with the unknown option %i are answered with a parameter problem that points at it', (type) => {
    send(s, HOP_BY_HOP, [ICMPV6, 0, 1, 0, type, 2, 1, 2], echo());
    expect(answers(s)).toMatchObject([{ kind: 'parameter-problem', code: 2, pointer: 44 }]);
  });

  test('that would route the packet on are refused (RFC 5095)', () => {
    send(s, ROUTING, [ICMPV6, 0, 0, 1, 0, 0, 0, 0], echo());
    expect(answers(s)).toMatchObject([{ kind: 'parameter-problem', code: 0, pointer: 42 }]);
  });

  test('in front of an unknown protocol: the parameter problem points at the field that names it', () => {
    send(s, UNKNOWN, [], Uint8Array.of(1, 2, 3, 4));
    send(s, OPTIONS, [UNKNOWN, 0, 1, 4, 0, 0, 0, 0], Uint8Array.of(1, 2, 3, 4));
    expect(answers(s)).toMatchObject([
      { kind: 'parameter-problem', code: 1, pointer: 6 },
      { kind: 'parameter-problem', code: 1, pointer: 40 },
    ]);
  });

  test('"no next header" is not answered', () => {
    send(s, NONE, [], Uint8Array.of());
    expect(answers(s)).toEqual([]);
  });

  test('parameter problems are limited', () => {
    for (let i = 0; i < 500; i++) send(s, UNKNOWN, [], Uint8Array.of(1, 2, 3, 4));
    expect(answers(s).length).toBeLessThanOrEqual(60);
  });

  test('B1: no bytes make the walk throw or run on', () => {
    const upper = createUpperLayer();
    const random = fc.array(fc.uint8Array({ minLength: 8, maxLength: 24 }), { maxLength: 4 });
    fc.assert(
      fc.property(fc.constantFrom(0, 43, 44, 51, 60), random, (first, parts) => {
        const packet = packetOf(
          first,
          parts.flatMap((part) => [...part]),
          new Uint8Array(4),
        );
        if (!findUpperLayer(packet, 0, packet.length, upper)) return;
        faultOfExtensions(packet, 0, upper);
        expect(faultOfProtocol(packet, 0, upper).pointer).toBeLessThan(packet.length);
      }),
      { seed: 1, numRuns: 2_000 },
    );
  });
});

function echo(): Uint8Array {
  return encodeIcmpv6({ kind: 'echo-request', identifier: 1, sequence: 1, data: new Uint8Array(4) }, PEER, OWN) as Uint8Array;
}

function packetOf(next: number, headers: readonly number[], payload: Uint8Array): Uint8Array {
  const rest = Uint8Array.from([...headers, ...payload]);
  return encodeIpv6({
    trafficClass: 0,
    flowLabel: 0,
    nextHeader: next,
    hopLimit: 64,
    source: PEER,
    destination: OWN,
    payload: rest,
  }) as Uint8Array;
}

function send(s: PacketScript, next: number, headers: readonly number[], payload: Uint8Array): void {
  s.stack.deliver(PacketBatch.of(packetOf(next, headers, payload)));
}

function answers(s: PacketScript): IcmpMessage[] {
  return s.out.splice(0).map((packet) => decodeIcmpv6(packet.subarray(40))!);
}
