import {
  createSegmentPlan,
  createUpperLayer,
  encodeIpv4,
  encodeIpv6,
  encodeTcp,
  findUpperLayer,
  foldSum,
  ipv4ChecksumValid,
  planSegments,
  segmentLength,
  segmentsSpan,
  sumRange,
  TCP_FLAG,
  upperChecksumValid,
  writeSegments,
} from '@heddle/wire';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { coalesceReference } from './coalesce-reference.js';
import type { Bytes } from './contract.js';
import { WasmKernel } from './wasm-kernel.js';
import { packetOffload, WasmOffload } from './wasm-offload.js';

const { FIN, PSH, ACK, ECE, CWR, SYN, URG } = TCP_FLAG;
const noise = (length: number, seed: number) => Uint8Array.from({ length }, (_, i) => (Math.imul(i + seed, 0x9e3779b1) >>> 13) & 0xff);
const refusal = expect.objectContaining({ code: 'HEDDLE_CRYPTO_TABLE' });

function make() {
  const kernel = new WasmKernel(4 * 1024 * 1024);
  return { offload: new WasmOffload(kernel), allocate: (bytes: number) => kernel.heap.allocate(bytes)!, heap: kernel.heap };
}

/** Of all tests that only compare it with the reference: a kernel is compiled anew each time, and keeps nothing between calls. */
const shared = make();

interface Fields {
  readonly version?: 4 | 6;
  readonly sequence?: number;
  readonly flags?: number;
  readonly id?: number;
  readonly ttl?: number;
  readonly dontFragment?: boolean;
  readonly port?: number;
  readonly window?: number;
  readonly time?: number;
  readonly options?: Bytes;
}

function tcpPacket(payload: Bytes, fields: Fields = {}): Bytes {
  const { version = 4, sequence = 1000, flags = ACK, id = 7, ttl = 64, dontFragment = false, port = 80, window = 512, time = 1 } = fields;
  const [source, destination] = [noise(version === 4 ? 4 : 16, 1), noise(version === 4 ? 4 : 16, 2)];
  const options = { timestamps: { value: time, echo: 2 } };
  const header = { sourcePort: 999, destinationPort: port, sequence, acknowledgment: 55, flags, window, urgent: 0 };
  const tcp = encodeTcp({ ...header, options, payload }, source, destination);
  if (version === 6) return encodeIpv6({ trafficClass: 0, flowLabel: 5, nextHeader: 6, hopLimit: ttl, source, destination, payload: tcp });
  const rest = { moreFragments: false, fragmentOffset: 0, protocol: 6, options: fields.options ?? new Uint8Array(0) };
  return encodeIpv4({ tos: 0, id, dontFragment, ttl, source, destination, payload: tcp, ...rest });
}

test('the offload is there for a thread whose machine can run the kernel', () => {
  expect(packetOffload()).toBeInstanceOf(WasmOffload);
});

test('sums of every length from 0 to 3,000 are those of the reference at every alignment', () => {
  const { offload, allocate } = make();
  const slab = allocate(4096);
  slab.set(noise(4096, 9));
  const failed: number[] = [];
  for (let length = 0; length <= 3000; length++) {
    const at = 3 + ((length * 5) % 16);
    if (offload.sum(slab, at, length) !== foldSum(sumRange(slab, at, length))) failed.push(length);
  }
  for (let at = 0; at < 16; at++) if (offload.sum(slab, at, 1380) !== foldSum(sumRange(slab, at, 1380))) failed.push(at);
  expect(failed).toEqual([]);
});

test('sums of zeros, of ones and of a megabyte are exact', () => {
  const { offload, allocate } = make();
  const slab = allocate(1 << 20);
  expect([0, 1, 2, 1 << 20].map((length) => offload.sum(slab, 0, length))).toEqual([0, 0, 0, 0]);
  slab.fill(0xff);
  expect([1, 2, 3, 65_536, 65_537, 1 << 20].map((length) => offload.sum(slab, 0, length))).toEqual([
    0xff00, 0xffff, 0xff00, 0xffff, 0xff00, 0xffff,
  ]);
  slab.set(noise(1 << 20, 4));
  expect(offload.sum(slab, 1, (1 << 20) - 1)).toBe(foldSum(sumRange(slab, 1, (1 << 20) - 1)));
});

test('a super-packet is cut into the same bytes as by the reference, and nothing else is written', () => {
  const { offload, allocate } = make();
  const source = allocate(70_000);
  const slab = allocate(150_000);
  const run = (packet: Bytes, segmentSize: number, gap: number, at: number) => {
    source.set(packet, 3);
    const plan = createSegmentPlan();
    expect(planSegments(source, 3, packet.length, segmentSize, plan)).toBe(true);
    const stride = segmentLength(plan, 0) + gap;
    const expected = { slab: new Uint8Array(at + segmentsSpan(plan, stride) + 50).fill(0xee), ...entries(plan.count + 2) };
    writeSegments(source, 3, plan, expected, 1, at, stride);
    const into = { slab: slab.subarray(0, expected.slab.length).fill(0xee), ...entries(plan.count + 2) };
    expect(offload.segment(source, 3, plan, into, 1, at, stride)).toBe(plan.count);
    expect(Buffer.compare(into.slab, expected.slab)).toBe(0);
    expect([into.offsets, into.lengths]).toEqual([expected.offsets, expected.lengths]);
  };
  const shape = fc.record({
    version: fc.constantFrom(4 as const, 6 as const),
    flags: fc.constantFrom(ACK, ACK | PSH | FIN | CWR | ECE),
    sequence: fc.constantFrom(5, 0xffffff00),
    id: fc.constantFrom(3, 0xffff),
  });
  const property = fc.property(
    shape,
    fc.nat(3000),
    fc.integer({ min: 30, max: 1500 }),
    fc.nat(70),
    fc.nat(40),
    (fields, length, size, gap, at) => {
      run(tcpPacket(noise(length, size), fields), size, gap, at);
    },
  );
  fc.assert(property, { seed: 1, numRuns: 300 });
  run(tcpPacket(noise(65_535 - 52, 1)), 1240, 44, 96);
  run(tcpPacket(noise(100, 1), { options: Uint8Array.of(0x94, 4, 0, 0) }), 40, 0, 0);
  for (let length = 0; length <= 200; length++) run(tcpPacket(noise(length, 1)), 64, 1, 1);
});

const entries = (count: number) => ({ offsets: new Uint32Array(count), lengths: new Uint32Array(count) });

/** Packets behind each other in a slab, `gap` bytes apart. */
function lay(slab: Bytes, packets: readonly Bytes[], gap = 37) {
  const table = { slab, ...entries(packets.length), count: packets.length };
  let at = 5;
  for (const [i, packet] of packets.entries()) {
    slab.set(packet, at);
    table.offsets[i] = at;
    table.lengths[i] = packet.length;
    at += packet.length + gap;
  }
  return table;
}

/** Coalesces with the kernel and with the reference, expects the same of both, and returns the packets that remain and their sizes. */
function coalesceBoth(packets: readonly Bytes[], gap?: number) {
  const { offload, allocate, heap } = shared;
  const bytes = packets.reduce((all, it) => all + it.length + 100, 100);
  const ours = lay(allocate(bytes), packets, gap);
  const theirs = lay(new Uint8Array(bytes), packets, gap);
  const sizes = [new Uint32Array(packets.length), new Uint32Array(packets.length)] as const;
  const remain = offload.coalesce(ours, 0, packets.length, sizes[0]);
  expect(remain).toBe(coalesceReference(theirs, 0, packets.length, sizes[1]));
  const cut = (table: typeof ours) =>
    Array.from({ length: remain }, (_, i) => table.slab.slice(table.offsets[i]!, table.offsets[i]! + table.lengths[i]!));
  const result = cut(ours);
  heap.free(ours.slab);
  expect(result.map((it) => Buffer.from(it).toString('hex'))).toEqual(cut(theirs).map((it) => Buffer.from(it).toString('hex')));
  expect(sizes[0]).toEqual(sizes[1]);
  return { packets: result, sizes: [...sizes[0].slice(0, remain)] };
}

/** `lengths` of payload as consecutive segments of one flow. */
function flow(lengths: readonly number[], fields: Fields = {}, change: (i: number) => Fields = () => ({})): Bytes[] {
  let sequence = 0xffffff00;
  return lengths.map((length, i) => {
    const packet = tcpPacket(noise(length, sequence), { sequence, id: (0xfffe + i) & 0xffff, ...fields, ...change(i) });
    sequence = (sequence + length) >>> 0;
    return packet;
  });
}

function expectRight(packet: Bytes): void {
  const upper = createUpperLayer();
  expect(findUpperLayer(packet, 0, packet.length, upper)).toBe(true);
  expect(upperChecksumValid(packet, 0, upper)).toBe(true);
  if (upper.version === 4) expect(ipv4ChecksumValid(packet, 0)).toBe(true);
}

test.each([4, 6] as const)('consecutive segments over IPv%i become one packet with right lengths and checksums', (version) => {
  const { packets, sizes } = coalesceBoth(flow([101, 101, 101, 40], { version }, (i) => (i === 3 ? { flags: ACK | PSH } : {})));
  expect([packets.length, sizes]).toEqual([1, [101]]);
  expectRight(packets[0]!);
  expect(packets[0]!.length).toBe((version === 4 ? 20 : 40) + 32 + 343);
  expect(packets[0]![(version === 4 ? 20 : 40) + 13]).toBe(ACK | PSH);
});

test('cutting a super-packet and joining the pieces gives it back', () => {
  for (const version of [4, 6] as const) {
    for (const [length, size] of [
      [5000, 1380],
      [4140, 1380],
      [3001, 333],
    ] as const) {
      const whole = tcpPacket(noise(length, 1), { version, flags: ACK | PSH });
      const plan = createSegmentPlan();
      planSegments(whole, 0, whole.length, size, plan);
      const table = { slab: new Uint8Array(20_000), ...entries(plan.count) };
      writeSegments(whole, 0, plan, table, 0, 0, size + 100);
      const pieces = Array.from({ length: plan.count }, (_, i) =>
        table.slab.slice(table.offsets[i], table.offsets[i]! + table.lengths[i]!),
      );
      const { packets, sizes } = coalesceBoth(pieces);
      expect(packets.map((it) => Buffer.from(it).toString('hex'))).toEqual([Buffer.from(whole).toString('hex')]);
      expect(sizes).toEqual([size]);
    }
  }
});

test.each<[string, readonly number[], (i: number) => Fields, readonly number[]]>([
  ['a hole in the sequence', [100, 100, 100], (i) => (i === 1 ? { sequence: 77 } : {}), [0, 0, 0]],
  ['another port', [100, 100], (i) => ({ port: 80 + i }), [0, 0]],
  ['another time stamp', [100, 100], (i) => ({ time: i }), [0, 0]],
  ['another window', [100, 100], (i) => ({ window: i }), [0, 0]],
  ['another time to live', [100, 100], (i) => ({ ttl: 60 + i }), [0, 0]],
  ['another IP version', [100, 100], (i) => ({ version: i === 0 ? 4 : 6 }), [0, 0]],
  ['an IPv4 id that does not count up', [100, 100, 100], (i) => ({ id: 5 * i }), [0, 0, 0]],
  ['any IPv4 id with DF', [100, 100, 100], (i) => ({ id: 5 * i, dontFragment: true }), [100]],
  ['a longer segment behind a shorter one', [100, 90, 90, 90, 10], () => ({}), [100, 90]],
  ['a longer segment', [90, 100, 100], () => ({}), [0, 100]],
  ['PSH in the middle', [100, 100, 100, 100], (i) => (i === 1 ? { flags: ACK | PSH } : {}), [100, 100]],
  ['PSH on the first', [100, 100, 100], (i) => (i === 0 ? { flags: ACK | PSH } : {}), [0, 100]],
  ['FIN', [100, 100], (i) => (i === 1 ? { flags: ACK | FIN } : {}), [0, 0]],
  ['SYN', [100, 100], () => ({ flags: SYN }), [0, 0]],
  ['URG', [100, 100], () => ({ flags: ACK | URG }), [0, 0]],
  ['no payload', [0, 0, 0], () => ({}), [0, 0, 0]],
  ['an acknowledgment between two segments', [100, 0, 100], () => ({}), [0, 0, 0]],
  ['IP options', [100, 100], () => ({ options: Uint8Array.of(1, 1, 1, 1) }), [0, 0]],
])('%s is respected', (_, lengths, change, sizes) => {
  expect(coalesceBoth(flow(lengths, {}, change)).sizes).toEqual(sizes);
});

test('a segment with a wrong checksum, in the IP header or the TCP segment, is never joined', () => {
  for (const broken of [0, 1, 2]) {
    for (const at of [10, 36, 60, 151]) {
      const packets = flow([100, 100, 100]);
      packets[broken]![at]! ^= 4;
      expect(coalesceBoth(packets).sizes).toEqual(broken === 0 ? [0, 100] : broken === 1 ? [0, 0, 0] : [100, 0]);
    }
  }
});

test('padding behind a packet does not count', () => {
  const padded = flow([100, 100, 50]).map((it) => Uint8Array.from([...it, ...new Uint8Array(8)]));
  const { packets } = coalesceBoth(padded);
  expect(packets.map((it) => it.length)).toEqual([52 + 250]);
  expectRight(packets[0]!);
});

test('a super-packet never exceeds 65,535 bytes', () => {
  const { packets, sizes } = coalesceBoth(flow(Array.from({ length: 60 }, () => 1380)));
  expect([packets.length, ...sizes]).toEqual([2, 1380, 1380]);
  for (const it of packets) {
    expect(it.length).toBeLessThan(65_536);
    expectRight(it);
  }
});

test('any mixture of flows, damage and noise gives what the reference gives, and whole segments stay whole', () => {
  const piece = fc.record({
    lengths: fc.array(fc.constantFrom(0, 1, 33, 100, 100, 100, 101), { minLength: 1, maxLength: 6 }),
    version: fc.constantFrom(4 as const, 6 as const),
    flags: fc.constantFrom(ACK, ACK, ACK | PSH, ACK | ECE),
    damage: fc.option(fc.record({ index: fc.nat(5), at: fc.nat(120), bit: fc.nat(7) }), { freq: 3, nil: undefined }),
  });
  const property = fc.property(fc.array(piece, { minLength: 1, maxLength: 5 }), fc.constantFrom(0, 1, 37), (pieces, gap) => {
    const packets = pieces.flatMap(({ lengths, version, flags, damage }) => {
      const made = flow(lengths, { version, flags });
      const hit = damage && made[damage.index];
      if (hit && damage) hit[damage.at % hit.length]! ^= 1 << damage.bit;
      return made;
    });
    coalesceBoth(packets, gap);
  });
  fc.assert(property, { seed: 1, numRuns: 400 });
});

test('no prefix and no noise upsets it', () => {
  const packet = flow([40])[0]!;
  const prefixes = Array.from({ length: packet.length }, (_, length) => packet.slice(0, length));
  expect(coalesceBoth(prefixes).packets).toEqual(prefixes);
  const noises = Array.from({ length: 200 }, (_, i) => noise(i, i));
  for (const [i, it] of noises.entries()) if (it.length > 0) it[0] = [0x45, 0x60, 0x46, 0x4f][i % 4]!;
  expect(coalesceBoth(noises).packets).toEqual(noises);
});

test('only entries [from, to) are worked on, and packets out of order are left as they are', () => {
  const { offload, allocate } = make();
  const table = lay(allocate(2000), flow([100, 100, 100, 100, 100]));
  const sizes = new Uint32Array(5).fill(9);
  expect(offload.coalesce(table, 1, 4, sizes)).toBe(1);
  expect([[...sizes], table.lengths[0], table.lengths[1], table.lengths[4]]).toEqual([[9, 100, 9, 9, 9], 152, 352, 152]);
  const mixed = lay(allocate(2000), flow([100, 100, 100]));
  mixed.offsets.reverse();
  const before = mixed.slab.slice();
  expect(offload.coalesce(mixed, 0, 3, sizes)).toBe(3);
  expect([[...sizes.slice(0, 3)], Buffer.compare(mixed.slab, before)]).toEqual([[0, 0, 0], 0]);
});

test('ranges and numbers that do not belong together are refused before anything is written', () => {
  const { offload, allocate } = make();
  const slab = allocate(1000);
  const packet = tcpPacket(noise(200, 1));
  slab.set(packet);
  const before = slab.slice();
  for (const [at, length] of [
    [-1, 5],
    [996, 5],
    [0.5, 2],
    [0, Number.NaN],
    [1001, 0],
  ] as const)
    expect(() => offload.sum(slab, at, length)).toThrow(refusal);
  expect(() => offload.sum(new Uint8Array(10), 0, 5)).toThrow(refusal);
  const plan = createSegmentPlan();
  planSegments(slab, 0, packet.length, 80, plan);
  const into = { slab: slab.subarray(300, 760), ...entries(3) };
  const cut = (change: object, first = 0, at = 0, stride = 160) =>
    offload.segment(slab, 0, { ...plan, ...change }, into, first, at, stride);
  for (const change of [{ count: 4 }, { headerLength: 30 }, { ipHeaderLength: 0 }, { payloadLength: 2000, count: 25 }, { segmentSize: 0 }])
    expect(() => cut(change)).toThrow(refusal);
  for (const place of [[1], [0, 49], [0, -1], [0, 0, 100], [0, 0, 300], [0.5]])
    expect(() => cut({}, ...(place as [number]))).toThrow(refusal);
  expect(() => offload.segment(slab, 800, plan, into, 0, 0, 160)).toThrow(refusal);
  expect(() => offload.segment(slab, 0, plan, { slab: new Uint8Array(900), ...entries(3) }, 0, 0, 160)).toThrow(refusal);
  const table = { slab, offsets: Uint32Array.of(0, 990), lengths: Uint32Array.of(252, 20), count: 2 };
  expect(() => offload.coalesce(table, 0, 2, new Uint32Array(2))).toThrow(refusal);
  expect(() => offload.coalesce(table, 0, 3, new Uint32Array(3))).toThrow(refusal);
  expect(() => offload.coalesce(table, 0, 1, new Uint32Array(0))).toThrow(refusal);
  expect(Buffer.compare(slab, before)).toBe(0);
});
