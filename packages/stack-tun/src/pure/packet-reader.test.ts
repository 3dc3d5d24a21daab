import type { Bytes, PacketBatch } from '@heddle/core';
import { SlabPool } from '@heddle/core';
import type { TunDevice } from '@heddle/native-linux';
import { describe, expect, test } from 'vitest';
import { PacketReader } from './packet-reader.js';
import { PacketWriter } from './packet-writer.js';

const HEADER = 10;
/** TCP over IPv4, its header 40 bytes, in segments of 1000. */
const SUPER = Uint8Array.of(1, 1, 40, 0, 0xe8, 3, 20, 0, 16, 0);
const PLAIN = new Uint8Array(HEADER);

function frame(header: Bytes, length: number, mark: number): Bytes {
  const bytes = new Uint8Array(HEADER + length);
  bytes.set(header);
  bytes[HEADER] = 0x45;
  bytes[HEADER + 32] = 0x50;
  bytes[HEADER + length - 1] = mark;
  return bytes;
}

/** A device with these frames. */
function bench(frames: Bytes[], slabs = 4) {
  const told: string[] = [];
  const device = {
    vnetHeader: true,
    read(slab: Bytes, offset: number, room: number) {
      const next = frames.shift();
      if (next !== undefined) slab.set(next.subarray(0, room), offset);
      return next?.length ?? 0;
    },
  } as unknown as TunDevice;
  const pool = new SlabPool({ smallSlabs: 0, largeSlabs: slabs, allocate: (n) => new Uint8Array(n), exhausted: () => {} });
  const emitted = (batch: PacketBatch): void => {
    const marks = Array.from({ length: batch.count }, (_, i) => batch.slab[batch.offsets[i]! + batch.lengths[i]! - 1]);
    told.push(`${batch.offload === undefined ? 'packets' : `super of ${batch.offload.segmentSize}`} ${marks}`);
  };
  const reader = new PacketReader({ device, pool, emit: emitted, drop: (reason, packets) => told.push(`${reason} ${packets}`) });
  return { reader, told, pool };
}

describe('a burst from the kernel', () => {
  test('is one batch of single packets, and super-packets between them, in the order in which they came', () => {
    const { reader, told, pool } = bench([
      frame(PLAIN, 100, 1),
      frame(PLAIN, 1_420, 2),
      frame(SUPER, 60_000, 3),
      frame(SUPER, 2_000, 4),
      frame(PLAIN, 50, 5),
    ]);
    reader.burst();
    expect(told).toEqual(['packets 1,2', 'super of 1000 3', 'super of 1000 4', 'packets 5']);
    expect(pool.outstanding).toBe(0);
  });

  test('takes packets of the largest MTU', () => {
    const { reader, told } = bench([frame(PLAIN, 65_535, 1), frame(PLAIN, 65_535, 2), frame(PLAIN, 34_736, 3)]);
    reader.burst();
    expect(told).toEqual(['packets 1', 'packets 2,3']);
  });

  test('ends, so that others have their turn', () => {
    const many = Array.from({ length: 100 }, (_, i) => frame(PLAIN, 100, i));
    const { reader, told } = bench(many);
    reader.burst();
    expect(told).toHaveLength(1);
    expect(many).toHaveLength(36);
  });

  test('is thrown away and counted when there is no memory, so that it does not wake us for ever', () => {
    const { reader, told } = bench([frame(PLAIN, 100, 1), frame(PLAIN, 100, 2)], 1);
    reader.burst();
    expect(told).toEqual(['no-memory 2']);
  });

  test('does not begin while stopped', () => {
    const frames = [frame(PLAIN, 100, 1)];
    const { reader, told } = bench(frames);
    reader.stop(true);
    reader.burst();
    expect([told, frames.length]).toEqual([[], 1]);
  });
});

describe('what goes to the kernel', () => {
  test.each([
    ['nothing', 0, []],
    ['interface-down', 5, ['interface-down 1']],
    ['no-ip-packet', 22, ['no-ip-packet 1']],
    ['kernel-refused', 12, ['kernel-refused 1']],
  ])('is counted as %s when it answers %i', (_, errno, expected) => {
    const told: string[] = [];
    const device = { vnetHeader: true, write: () => errno } as unknown as TunDevice;
    const pool = new SlabPool({ smallSlabs: 1, largeSlabs: 0, allocate: (n) => new Uint8Array(n), exhausted: () => {} });
    new PacketWriter(device, (reason, packets) => told.push(`${reason} ${packets}`)).write(pool.of(new Uint8Array(60))!);
    expect(told).toEqual(expected);
  });

  test('has an empty header in front of a single packet, and that of virtio-net in front of a super-packet (G.13)', () => {
    const written: string[] = [];
    const device = {
      vnetHeader: true,
      write(slab: Bytes, offset: number, length: number) {
        written.push(`${Buffer.from(slab.slice(offset, offset + HEADER)).toString('hex')} ${length}`);
        return 0;
      },
    } as unknown as TunDevice;
    const pool = new SlabPool({ smallSlabs: 0, largeSlabs: 1, allocate: (n) => new Uint8Array(n).fill(0xff), exhausted: () => {} });
    const batch = pool.take(2, 3_000)!;
    batch.push(tcpPacket(1_000));
    batch.push(tcpPacket(2_760));
    batch.offload = { kind: 'tcp4', segmentSize: 1_380, headerLength: 40 };
    new PacketWriter(device, () => {}).write(batch);
    expect(written).toEqual(['00000000000000000000 1050', '01012800640514001000 2810']);
  });
});

/** Headers of 40 bytes, and this much payload. */
function tcpPacket(payload: number): Bytes {
  const b = new Uint8Array(40 + payload);
  b.set([0x45, 0, b.length >> 8, b.length & 0xff, 0, 0, 0x40, 0, 64, 6]);
  b[32] = 0x50;
  return b;
}
