import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readBlocks, readOptions, readPackets } from '../../test/pcapng-reader.js';
import { encodeInterface, encodeSection, encodeStatistics, packetBlockLength, writePacket } from './pcapng.js';

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

test('the section header is the one that other programs expect', () => {
  expect(hex(encodeSection('Hi'))).toBe(
    ['0a0d0d0a', '28000000', '4d3c2b1a', '01000000', 'ffffffffffffffff', '0400020048690000', '00000000', '28000000'].join(''),
  );
});

test('an interface says its link type, its snap length and that times are microseconds', () => {
  const [block] = readBlocks(encodeInterface({ name: 'clear', description: 'inside', linkType: 101, snapLength: 96 }));
  expect([block!.type, block!.body.readUInt16LE(0), block!.body.readUInt32LE(4)]).toEqual([1, 101, 96]);
  const options = readOptions(block!.body.subarray(8));
  expect([options.get(2)!.toString(), options.get(3)!.toString(), options.get(9)!.toString('hex')]).toEqual(['clear', 'inside', '06']);
});

test('statistics say how many packets are missing', () => {
  const [block] = readBlocks(encodeStatistics(1, 1_700_000_000_000_000, { received: 5_000_000_000, dropped: 3 }));
  const options = readOptions(block!.body.subarray(12));
  expect([block!.type, block!.body.readUInt32LE(0), options.get(4)!.readBigUInt64LE(), options.get(5)!.readBigUInt64LE()]).toEqual([
    5,
    1,
    5_000_000_000n,
    3n,
  ]);
});

test('packets of any length come out as they went in, cut at the snap length, with time, direction and comment', () => {
  const packet = fc.record({
    data: fc.uint8Array({ maxLength: 70 }),
    comment: fc.string({ maxLength: 12 }),
    snapLength: fc.integer({ min: 1, max: 80 }),
    time: fc.integer({ min: 0, max: 4_000_000_000_000_000 }),
    direction: fc.constantFrom('in' as const, 'out' as const),
  });
  const check = fc.property(fc.array(packet, { maxLength: 5 }), (packets) => {
    const file = Buffer.concat(
      packets.map(({ data, comment, ...rest }) => {
        const about = { ...rest, interface: 2, comment: new TextEncoder().encode(comment) };
        const block = new Uint8Array(packetBlockLength(data.length, about)).fill(0xee);
        writePacket(block, 0, about, data, 0, data.length);
        return block;
      }),
    );
    expect(readPackets(file)).toEqual(
      packets.map(({ data, comment, snapLength, time, direction }) => ({
        interface: 2,
        time,
        data: Buffer.from(data.subarray(0, snapLength)),
        originalLength: data.length,
        comment: Buffer.from(comment).toString(),
        flags: direction === 'in' ? 1 : 2,
      })),
    );
  });
  fc.assert(check, { seed: 1, numRuns: 200 });
});
