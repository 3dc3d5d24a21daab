import fc from 'fast-check';
import { expect, test } from 'vitest';
import { bytes, bytesUpTo, feedDamaged, feedNoise } from '../test/damage.js';
import { concat, hex, toHex } from '../test/hex.js';
import { SYN4, SYN6 } from '../test/vectors.js';
import { foldSum, pseudoSum, sumRange } from './checksum.js';
import {
  decodeTcp,
  destinationPort,
  encodeTcp,
  sourcePort,
  TCP_FLAG,
  type Tcp,
  tcpAcknowledgment,
  tcpFlags,
  tcpHeaderLength,
  tcpSequence,
  tcpWindow,
  writeTcp,
} from './tcp.js';
import {
  createTcpOptionFields,
  decodeTcpOptions,
  readTcpOptions,
  type TcpOptions,
  tcpOptionsLength,
  writeTcpOptions,
} from './tcp-options.js';

const u16 = fc.nat({ max: 0xffff });
const u32 = fc.nat({ max: 0xffffffff });
const block = fc.record({ left: u32, right: u32 });
/** Lists that fit into 40 bytes: with timestamps there is room for three SACK blocks, and SYN options come without SACK. */
const anyOptions: fc.Arbitrary<TcpOptions> = fc.oneof(
  fc.record(
    {
      mss: u16,
      windowScale: fc.nat({ max: 14 }),
      sackPermitted: fc.constant(true),
      timestamps: fc.record({ value: u32, echo: u32 }),
    },
    { requiredKeys: [] },
  ),
  fc.record(
    { timestamps: fc.record({ value: u32, echo: u32 }), sack: fc.array(block, { minLength: 1, maxLength: 3 }) },
    { requiredKeys: [] },
  ),
  fc.record({ sack: fc.array(block, { minLength: 1, maxLength: 4 }) }),
);
const anyTcp: fc.Arbitrary<Tcp> = fc.record({
  sourcePort: u16,
  destinationPort: u16,
  sequence: u32,
  acknowledgment: u32,
  flags: fc.nat({ max: 255 }),
  window: u16,
  urgent: u16,
  options: anyOptions,
  payload: bytesUpTo(60),
});

test('reads the SYNs that scapy wrote', () => {
  const options = { mss: 1240, sackPermitted: true, timestamps: { value: 0x01020304, echo: 0 }, windowScale: 7 };
  expect(decodeTcp(SYN4.slice(20))).toEqual({
    sourcePort: 50000,
    destinationPort: 80,
    sequence: 0x11223344,
    acknowledgment: 0,
    flags: TCP_FLAG.SYN,
    window: 0xffff,
    urgent: 0,
    options,
    payload: hex(''),
  });
  expect(decodeTcp(SYN6.slice(40))!.options).toEqual({ ...options, mss: 1220 });
});

test('writes the SYNs that scapy wrote, checksum included', () => {
  expect(toHex(encodeTcp(decodeTcp(SYN4.slice(20))!, SYN4.slice(12, 16), SYN4.slice(16, 20)))).toBe(toHex(SYN4.slice(20)));
  expect(toHex(encodeTcp(decodeTcp(SYN6.slice(40))!, SYN6.slice(8, 24), SYN6.slice(24, 40)))).toBe(toHex(SYN6.slice(40)));
});

test('offset readers see the same fields', () => {
  expect([sourcePort(SYN4, 20), destinationPort(SYN4, 20), tcpSequence(SYN4, 20), tcpAcknowledgment(SYN4, 20)]).toEqual([
    50000, 80, 0x11223344, 0,
  ]);
  expect([tcpFlags(SYN4, 20), tcpWindow(SYN4, 20), tcpHeaderLength(SYN4, 20, 40)]).toEqual([2, 0xffff, 40]);
});

test('a segment survives a round trip and its checksum is right', () => {
  fc.assert(
    fc.property(anyTcp, bytes(4), bytes(16), (value, four, sixteen) => {
      for (const address of [four, sixteen]) {
        const segment = encodeTcp(value, address, address);
        expect(decodeTcp(segment)).toEqual(value);
        expect(foldSum(sumRange(segment, 0, segment.length, pseudoSum(address, address, 6, segment.length)))).toBe(0xffff);
      }
    }),
    { seed: 1, numRuns: 500 },
  );
});

test('a header that does not fit is refused', () => {
  const broken = (dataOffset: number) => {
    const segment = SYN4.slice(20);
    segment[12] = dataOffset;
    return decodeTcp(segment);
  };
  expect(broken(0x40)).toBeUndefined();
  expect(broken(0xb0)).toBeUndefined();
  expect(broken(0xa0)).toBeDefined();
  expect(tcpHeaderLength(SYN4, 20, 39)).toBe(0);
  expect(tcpHeaderLength(SYN4, 20, 41)).toBe(0);
});

test('options survive a round trip and are whole words', () => {
  fc.assert(
    fc.property(anyOptions, (options) => {
      const b = new Uint8Array(tcpOptionsLength(options));
      expect(writeTcpOptions(b, 0, options)).toBe(b.length);
      expect(b.length % 4).toBe(0);
      expect(decodeTcpOptions(b)).toEqual(options);
    }),
    { seed: 1, numRuns: 1_000 },
  );
});

test('timestamps and SACK of an established flow are padded as Linux pads them', () => {
  const b = new Uint8Array(24);
  writeTcpOptions(b, 0, { timestamps: { value: 1, echo: 2 }, sack: [{ left: 3, right: 0xfffffff0 }] });
  expect(toHex(b)).toBe('0101080a00000001000000020101050a00000003fffffff0');
});

test('unknown options are skipped and a wrong length ends the reading, keeping what came before', () => {
  expect(decodeTcpOptions(hex('fe04abcd 0204 04d8'))).toEqual({ mss: 1240 });
  expect(decodeTcpOptions(hex('020404d8 0800 0402'))).toEqual({ mss: 1240 });
  expect(decodeTcpOptions(hex('020404d8 03ff07'))).toEqual({ mss: 1240 });
  expect(decodeTcpOptions(hex('020304 0402'))).toEqual({ sackPermitted: true });
  expect(decodeTcpOptions(hex('01010000 020404d8'))).toEqual({});
  expect(decodeTcpOptions(hex('0509 00000001 00000002'))).toEqual({});
  expect(decodeTcpOptions(hex('0401 0402'))).toEqual({});
  expect(decodeTcpOptions(hex('02'))).toEqual({});
});

test('one record reads segment after segment and remembers nothing', () => {
  const fields = createTcpOptionFields();
  readTcpOptions(SYN4, 40, 20, fields);
  expect(fields).toMatchObject({ mss: 1240, windowScale: 7, sackPermitted: true, timestamps: true, timestampValue: 0x01020304 });
  readTcpOptions(SYN4, 40, 0, fields);
  expect(fields).toEqual(createTcpOptionFields());
});

test('an option that ends behind the header is not read, though the slab goes on', () => {
  const fields = createTcpOptionFields();
  readTcpOptions(SYN4, 40, 3, fields);
  expect(fields.mss).toBe(-1);
});

test('more SACK blocks than a header can hold are cut off', () => {
  const fields = createTcpOptionFields();
  readTcpOptions(concat(hex('052a'), new Uint8Array(40).fill(1)), 0, 42, fields);
  expect(fields.sackCount).toBe(4);
});

test('options beyond 40 bytes and segments beyond the buffer are mistakes of the caller', () => {
  const code = expect.objectContaining({ code: 'HEDDLE_WIRE_MISUSE' });
  const sack = Array.from({ length: 4 }, () => ({ left: 0, right: 1 }));
  expect(() => writeTcpOptions(new Uint8Array(60), 0, { sack, timestamps: { value: 0, echo: 0 } })).toThrow(code);
  expect(() => writeTcp(new Uint8Array(39), 0, decodeTcp(SYN4.slice(20))!, hex('01020304'), hex('01020304'))).toThrow(code);
});

test('no prefix, no changed byte and no noise makes a decoder throw', () => {
  feedDamaged(decodeTcp, SYN4.slice(20), concat(SYN4.slice(20), hex('00112233')));
  feedDamaged(decodeTcpOptions, SYN4.slice(40), hex('0101080a00000001000000020101050a00000003fffffff0'));
  feedNoise(decodeTcp, SYN4.slice(20, 40));
  for (const start of ['02', '03', '05', '08', '0512']) feedNoise(decodeTcpOptions, hex(start), 50);
});
