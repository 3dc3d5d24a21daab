import { decodeIpv4, decodeIpv6, decodeUdp } from '@heddle/wire';
import { expect, test } from 'vitest';
import { outerFrame } from './outer-frame.js';

const payload = Uint8Array.of(1, 2, 3, 4, 5);

test('a datagram that goes out has our address in front, and one that comes in has it behind', () => {
  const ends = { local: { address: '192.0.2.1', port: 41_641 }, remote: { address: '198.51.100.7', port: 53 } };
  const out = decodeIpv4(outerFrame('out', ends, payload)!)!;
  expect([[...out.source], [...out.destination], out.protocol]).toEqual([[192, 0, 2, 1], [198, 51, 100, 7], 17]);
  expect(decodeUdp(out.payload)).toEqual({ sourcePort: 41_641, destinationPort: 53, payload });
  const back = decodeIpv4(outerFrame('in', ends, payload)!)!;
  expect([back.source, back.destination]).toEqual([out.destination, out.source]);
  expect(decodeUdp(back.payload)).toMatchObject({ sourcePort: 53, destinationPort: 41_641 });
});

test('IPv6 datagrams are framed as well', () => {
  const ends = { local: { address: '::', port: 0 }, remote: { address: '2001:db8::1', port: 9 } };
  const packet = decodeIpv6(outerFrame('out', ends, payload)!)!;
  expect(decodeUdp(packet.payload)).toEqual({ sourcePort: 0, destinationPort: 9, payload });
});

test('what cannot be a UDP packet is not framed', () => {
  const ends = { local: { address: '0.0.0.0', port: 0 }, remote: { address: '198.51.100.7', port: 53 } };
  expect(outerFrame('out', ends, new Uint8Array(65_530))).toBeUndefined();
  expect(outerFrame('out', { ...ends, remote: { address: 'fe80::1%eth0', port: 53 } }, payload)).toBeUndefined();
  expect(outerFrame('out', { ...ends, local: { address: '::', port: 0 } }, payload)).toBeUndefined();
});
