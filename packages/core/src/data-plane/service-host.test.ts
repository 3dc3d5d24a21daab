import { decodeIpv4, decodeTcp, decodeUdp, encodeIpv4, encodeTcp, encodeUdp, parseAddress, TCP_FLAG } from '@heddle/wire';
import { expect, test } from 'vitest';
import { queryFor, readResponse } from '../../test/dns-client.js';
import { ServiceHost } from './service-host.js';

const [US, DNS, OTHER] = ['100.64.0.1', '100.100.100.100', '100.64.0.2'].map((text) => parseAddress(text)!) as [
  Uint8Array,
  Uint8Array,
  Uint8Array,
];
const settled = (): Promise<void> => new Promise((done) => setImmediate(done));

function host(answer: (message: Uint8Array) => Promise<Uint8Array | undefined>, mtu = 1_280) {
  const delivered: Uint8Array[] = [];
  const service = new ServiceHost({
    answer,
    deliver: (packet) => void delivered.push(packet),
    mtu: () => mtu,
    now: () => 0,
    startAt: () => 1_000,
  });
  const takes = (packet: Uint8Array): boolean => service.takes(packet, 0, packet.length);
  return { delivered, takes };
}

function packet(protocol: number, payload: Uint8Array, destination = DNS): Uint8Array {
  const head = { tos: 0, id: 0, dontFragment: false, moreFragments: false, fragmentOffset: 0, ttl: 64, options: new Uint8Array(0) };
  return encodeIpv4({ ...head, protocol, source: US, destination, payload });
}

const udp = (payload: Uint8Array, port = 53): Uint8Array =>
  packet(17, encodeUdp({ sourcePort: 4_000, destinationPort: port, payload }, US, DNS));

function tcp(flags: number, payload = new Uint8Array(0), port = 53): Uint8Array {
  const rest = { sourcePort: 4_000, destinationPort: port, acknowledgment: 0, window: 1_000, urgent: 0, options: {} };
  return packet(6, encodeTcp({ ...rest, sequence: flags === TCP_FLAG.SYN ? 7 : 8, flags, payload }, US, DNS));
}

test('packets for others are not taken', () => {
  const { takes } = host(async (message) => message);
  expect(takes(packet(17, encodeUdp({ sourcePort: 1, destinationPort: 53, payload: new Uint8Array(1) }, US, OTHER), OTHER))).toBe(false);
  expect(takes(new Uint8Array(10))).toBe(false);
});

test('F11: an answer too long for the client or the MTU is cut to its head and marked, and over TCP it is whole', async () => {
  const long = new Uint8Array(3_000).fill(0xaa);
  const answer = async (message: Uint8Array): Promise<Uint8Array> => {
    long.set(message.subarray(0, 40));
    long.set([0x81, 0x80], 2);
    return long;
  };
  const { delivered, takes } = host(answer);
  const plain = queryFor('b.tail.example', 'A');
  expect(takes(udp(plain)) && takes(udp(queryFor('b.tail.example', 'A', { size: 4_096 })))).toBe(true);
  await settled();
  for (const back of delivered)
    expect(readResponse(decodeUdp(decodeIpv4(back)!.payload)!.payload)).toMatchObject({ truncated: true, answers: [] });
  delivered.length = 0;
  takes(tcp(TCP_FLAG.SYN));
  takes(tcp(TCP_FLAG.ACK | TCP_FLAG.PSH, Uint8Array.from([0, plain.length, ...plain])));
  await settled();
  const segments = delivered.map((back) => decodeTcp(decodeIpv4(back)!.payload)!);
  expect(segments[0]).toMatchObject({ flags: TCP_FLAG.SYN | TCP_FLAG.ACK, acknowledgment: 8, sequence: 1_000, options: { mss: 1_220 } });
  expect(segments.reduce((sum, { payload }) => sum + payload.length, 0)).toBe(3_002);
});

test('what is not served is taken and refused, or taken and forgotten', async () => {
  const { delivered, takes } = host(async (message) => message);
  expect(takes(udp(new Uint8Array(4), 80))).toBe(true);
  expect(takes(packet(47, new Uint8Array(4)))).toBe(true);
  expect(takes(tcp(TCP_FLAG.SYN, undefined, 80))).toBe(true);
  await settled();
  expect(delivered.map((back) => decodeTcp(decodeIpv4(back)!.payload)!)).toMatchObject([
    { flags: TCP_FLAG.RST | TCP_FLAG.ACK, acknowledgment: 8 },
  ]);
});

test('F11: no more than 256 questions wait; the next ones are dropped', async () => {
  let asked = 0;
  const { takes } = host(() => {
    asked += 1;
    return new Promise(() => {});
  });
  for (let i = 0; i < 1_000; i++) takes(udp(queryFor('b.tail.example', 'A')));
  await settled();
  expect(asked).toBe(256);
});
