import fc from 'fast-check';
import { expect, test } from 'vitest';
import { bytesUpTo, feedDamaged, feedNoise } from '../test/damage.js';
import { concat, hex, toHex } from '../test/hex.js';
import { decodeVnetHeader, VNET_GSO, VNET_HEADER, VNET_NEEDS_CHECKSUM, type VnetHeader, writeVnetHeader } from './vnet-header.js';

const encode = (header: VnetHeader) => {
  const b = new Uint8Array(VNET_HEADER);
  writeVnetHeader(b, 0, header);
  return b;
};

test('reads and writes the headers that Linux puts in front', () => {
  const needs = { flags: VNET_NEEDS_CHECKSUM, checksumStart: 20 };
  const seen: [string, VnetHeader][] = [
    ['01000000000014000600', { ...needs, gsoType: VNET_GSO.NONE, headerLength: 0, segmentSize: 0, checksumOffset: 6 }],
    ['01051c00e80314000600', { ...needs, gsoType: VNET_GSO.UDP, headerLength: 28, segmentSize: 1000, checksumOffset: 6 }],
    ['01000000000014001000', { ...needs, gsoType: VNET_GSO.NONE, headerLength: 0, segmentSize: 0, checksumOffset: 16 }],
    ['01012800640514001000', { ...needs, gsoType: VNET_GSO.TCP4, headerLength: 40, segmentSize: 1380, checksumOffset: 16 }],
  ];
  for (const [text, header] of seen) {
    expect(decodeVnetHeader(hex(text))).toEqual(header);
    expect(toHex(encode(header))).toBe(text);
  }
});

test('a header survives a round trip and the packet behind it is left alone', () => {
  const u16 = fc.nat({ max: 0xffff });
  const byte = fc.nat({ max: 255 });
  const any = fc.record({ flags: byte, gsoType: byte, headerLength: u16, segmentSize: u16, checksumStart: u16, checksumOffset: u16 });
  fc.assert(
    fc.property(any, bytesUpTo(20), (header, packet) => {
      expect(decodeVnetHeader(concat(encode(header), packet))).toEqual(header);
    }),
    { seed: 1, numRuns: 500 },
  );
});

test('a value that does not fit into a field is a mistake of the caller', () => {
  const header = decodeVnetHeader(hex('01012800640514001000'))!;
  const misuse = expect.objectContaining({ code: 'HEDDLE_WIRE_MISUSE' });
  expect(() => encode({ ...header, segmentSize: 65_536 })).toThrow(misuse);
  expect(() => writeVnetHeader(new Uint8Array(9), 0, header)).toThrow(misuse);
});

test('no prefix, no changed byte and no noise makes the decoder throw', () => {
  feedDamaged(decodeVnetHeader, hex('01012800640514001000'));
  feedNoise(decodeVnetHeader, hex('01'), 20);
});
