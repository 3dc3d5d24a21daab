import { PacketBatch } from '@heddle/core';
import { decodeIcmpv6, encodeIcmpv6, encodeIpv4, encodeIpv6, encodeUdp, type IcmpMessage, PROTOCOL, parseAddress } from '@heddle/wire';
import { expect, test } from 'vitest';
import { OWN as OWN4, PacketScript } from '../../test/packet-script.js';

const OWN = parseAddress('fd00::1')!;
const PEER = parseAddress('fd00::2')!;
const [HOP_BY_HOP, ROUTING, ICMPV6, OPTIONS] = [0, 43, 58, 60];
const FRAGMENT = 44;

async function script(): Promise<PacketScript> {
  const s = await PacketScript.make();
  await s.stack.configure({ addresses: ['fd00::1/64', '10.0.0.1/24'], routes: [], mtu: 1500 });
  return s;
}

function fragment(next: number, id: number, offset: number, more: boolean, part: Uint8Array, before: readonly number[] = []): Uint8Array {
  const field = offset | (more ? 1 : 0);
  const header = [next, 0, field >>> 8, field & 255, 0, 0, 0, id];
  return encodeIpv6({
    trafficClass: 0,
    flowLabel: 0,
    nextHeader: before.length > 0 ? HOP_BY_HOP : FRAGMENT,
    hopLimit: 64,
    source: PEER,
    destination: OWN,
    payload: Uint8Array.from([...before, ...header, ...part]),
  }) as Uint8Array;
}

function echo(length: number): Uint8Array {
  return encodeIcmpv6({ kind: 'echo-request', identifier: 1, sequence: 1, data: new Uint8Array(length) }, PEER, OWN) as Uint8Array;
}

function send(s: PacketScript, packet: Uint8Array): void {
  s.stack.deliver(PacketBatch.of(packet));
}

function answers(s: PacketScript): IcmpMessage[] {
  return s.out.splice(0).map((packet) => decodeIcmpv6(packet.subarray(40))!);
}

test.each([
  ['destination options', OPTIONS, [ICMPV6, 0, 1, 4, 0, 0, 0, 0]],
  ['a route that has been gone', ROUTING, [ICMPV6, 0, 0, 0, 0, 0, 0, 0]],
] as const)('%s behind the fragment header are part of what is put together', async (_, next, header) => {
  const s = await script();
  const whole = Uint8Array.from([...header, ...echo(32)]);
  for (const [id, first] of [0, 16].entries()) {
    for (const at of [first, 16 - first]) send(s, fragment(next, id, at, at === 0, whole.subarray(at, at === 0 ? 16 : undefined)));
    expect(answers(s)).toMatchObject([{ kind: 'echo-reply' }]);
  }
});

test('an unknown option behind the fragment header is found in the whole packet, one before it in each fragment', async () => {
  const s = await script();
  const whole = Uint8Array.from([ICMPV6, 0, 0x9e, 4, 0, 0, 0, 0, ...echo(16)]);
  send(s, fragment(OPTIONS, 1, 0, true, whole.subarray(0, 16)));
  send(s, fragment(OPTIONS, 1, 16, false, whole.subarray(16)));
  expect(answers(s)).toMatchObject([{ kind: 'parameter-problem', code: 2, pointer: 42 }]);
  send(s, fragment(ICMPV6, 2, 0, true, echo(16).subarray(0, 16), [FRAGMENT, 0, 0x9e, 4, 0, 0, 0, 0]));
  expect(answers(s)).toMatchObject([{ kind: 'parameter-problem', code: 2, pointer: 42 }]);
});

test('the largest datagram of IPv6 arrives', async () => {
  const s = await script();
  const got: number[] = [];
  await s.stack.flows.bindUdp!({ port: 53 }, (datagram) => got.push(datagram.length));
  const udp = encodeUdp({ sourcePort: 9, destinationPort: 53, payload: new Uint8Array(65_507) }, PEER, OWN) as Uint8Array;
  for (let at = 0; at < udp.length; at += 1448) send(s, fragment(PROTOCOL.UDP, 1, at, at + 1448 < udp.length, udp.subarray(at, at + 1448)));
  expect(got).toEqual([65_507]);
});

test('A4: packets that were begun small and then grow stay within 4 MiB together', async () => {
  const s = await script();
  const part = (id: number, source: number, offset: number, length: number): void => {
    const packet = encodeIpv4({
      tos: 0,
      id,
      dontFragment: false,
      moreFragments: true,
      fragmentOffset: offset,
      ttl: 64,
      protocol: PROTOCOL.UDP,
      source: Uint8Array.of(10, 0, 1, source),
      destination: OWN4,
      options: new Uint8Array(),
      payload: new Uint8Array(length),
    });
    send(s, packet as Uint8Array);
  };
  for (let i = 0; i < 256; i++) part(i, i >>> 5, 0, 8);
  for (let i = 0; i < 256; i++) for (let n = 0; n < 12; n++) part(i, i >>> 5, 8 + n * 2048, 2048);
  expect(s.drops.get('fragment-refused')).toBeGreaterThan(1_000);
});
