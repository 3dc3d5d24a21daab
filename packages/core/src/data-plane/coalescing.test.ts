import { chooseCrypto, type PacketTable, packetOffload } from '@heddle/crypto';
import { encodeIpv4, encodeTcp, TCP_FLAG } from '@heddle/wire';
import { expect, test } from 'vitest';
import type { Bytes, Offload } from '../contracts/packets.js';
import { Coalescing } from './coalescing.js';

const SEGMENT = 100;
const [SOURCE, DESTINATION] = [Uint8Array.of(10, 0, 0, 1), Uint8Array.of(10, 0, 0, 2)];

/** The n-th full segment of a flow. */
function segment(n: number, port = 80, payload: Bytes = new Uint8Array(SEGMENT).fill(n)): Bytes {
  const header = { sourcePort: 999, destinationPort: port, sequence: n * SEGMENT, acknowledgment: 5, window: 512, urgent: 0 };
  const tcp = encodeTcp({ ...header, flags: TCP_FLAG.ACK, options: {}, payload }, SOURCE, DESTINATION);
  const rest = { tos: 0, id: n, dontFragment: true, moreFragments: false, fragmentOffset: 0, ttl: 64, options: new Uint8Array(0) };
  return encodeIpv4({ ...rest, protocol: 6, source: SOURCE, destination: DESTINATION, payload: tcp });
}

function tableOf(slab: Bytes, packets: readonly Bytes[]): PacketTable {
  const stride = 256;
  const offsets = Uint32Array.from(packets, (_, i) => 96 + i * stride);
  packets.forEach((packet, i) => {
    slab.set(packet, offsets[i]);
  });
  return { slab, offsets, lengths: Uint32Array.from(packets, ({ length }) => length), count: packets.length };
}

function joined(packets: readonly Bytes[], allocate = (bytes: number): Bytes => chooseCrypto().packets.allocate(bytes)) {
  const got: { lengths: number[]; offload: Offload | undefined }[] = [];
  new Coalescing(packetOffload()!).join(tableOf(allocate(64 * 1024), packets), (table, offload) => {
    got.push({ lengths: [...table.lengths.subarray(0, table.count)], offload });
  });
  return got;
}

const OFFLOAD = { kind: 'tcp4', segmentSize: SEGMENT, headerLength: 40 };

test('segments of one flow in a row become one super-packet with its descriptor', () => {
  expect(joined([0, 1, 2, 3].map((n) => segment(n)))).toEqual([{ lengths: [40 + 4 * SEGMENT], offload: OFFLOAD }]);
});

test('what stands between them stays single and in its place', () => {
  const alone = segment(7, 81);
  expect(joined([segment(0), segment(1), alone, segment(2), segment(3)])).toEqual([
    { lengths: [40 + 2 * SEGMENT], offload: OFFLOAD },
    { lengths: [alone.length], offload: undefined },
    { lengths: [40 + 2 * SEGMENT], offload: OFFLOAD },
  ]);
});

test('super-packets of the same cut go together', () => {
  expect(joined([segment(0), segment(1), segment(0, 81), segment(1, 81)])).toEqual([
    { lengths: [40 + 2 * SEGMENT, 40 + 2 * SEGMENT], offload: OFFLOAD },
  ]);
});

test('a segment with a wrong checksum is not joined, so that the Stack still sees it', () => {
  const broken = segment(1);
  broken[60]! ^= 1;
  expect(joined([segment(0), broken, segment(2)]).map(({ offload }) => offload)).toEqual([undefined]);
});

test('packets in other memory than the kernel’s pass as they are', () => {
  expect(joined([segment(0), segment(1)], (bytes) => new Uint8Array(bytes))).toEqual([{ lengths: [140, 140], offload: undefined }]);
});
