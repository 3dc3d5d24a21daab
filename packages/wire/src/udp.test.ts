import fc from 'fast-check';
import { expect, test } from 'vitest';
import { bytes, bytesUpTo, feedDamaged, feedNoise } from '../test/damage.js';
import { concat, hex, toHex } from '../test/hex.js';
import { UDP4 } from '../test/vectors.js';
import { foldSum, pseudoSum, sumRange } from './checksum.js';
import { decodeUdp, encodeUdp, udpLength, writeUdp } from './udp.js';

const DATAGRAM = UDP4.slice(20);

test('reads and writes the datagram of odd length that scapy wrote', () => {
  expect(decodeUdp(DATAGRAM)).toEqual({ sourcePort: 5353, destinationPort: 53, payload: hex('616263') });
  expect(toHex(encodeUdp(decodeUdp(DATAGRAM)!, hex('64400001'), hex('64400002')))).toBe(toHex(DATAGRAM));
});

test('a datagram survives a round trip with a right checksum, and trailing bytes are ignored', () => {
  const port = fc.nat({ max: 0xffff });
  const value = fc.record({ sourcePort: port, destinationPort: port, payload: bytesUpTo(100) });
  fc.assert(
    fc.property(value, bytes(16), bytesUpTo(9), (datagram, address, behind) => {
      const encoded = encodeUdp(datagram, address, address);
      expect(decodeUdp(concat(encoded, behind))).toEqual(datagram);
      expect(foldSum(sumRange(encoded, 0, encoded.length, pseudoSum(address, address, 17, encoded.length)))).toBe(0xffff);
    }),
    { seed: 1, numRuns: 500 },
  );
});

test('a checksum that comes out as zero is sent as ffff', () => {
  const nowhere = hex('00000000');
  // protocol 17, and the length 10 twice: the payload word makes the sum ffff, whose complement is 0
  const datagram = encodeUdp({ sourcePort: 0, destinationPort: 0, payload: hex('ffda') }, nowhere, nowhere);
  expect(toHex(datagram)).toBe('00000000000affffffda');
});

test('a length field below 8 or beyond the bytes is refused', () => {
  expect(udpLength(UDP4, 20, 11)).toBe(11);
  expect(udpLength(UDP4, 20, 10)).toBe(0);
  expect(udpLength(UDP4, 20, 12)).toBe(0);
  expect(decodeUdp(hex('0001 0002 0007 0000 00'))).toBeUndefined();
  expect(decodeUdp(hex('0001 0002 0008 0000'))).toEqual({ sourcePort: 1, destinationPort: 2, payload: hex('') });
});

test('a payload beyond the format or the buffer is a mistake of the caller', () => {
  const code = expect.objectContaining({ code: 'HEDDLE_WIRE_MISUSE' });
  const value = { sourcePort: 1, destinationPort: 2, payload: new Uint8Array(65_528) };
  expect(() => encodeUdp(value, hex('01020304'), hex('01020304'))).toThrow(code);
  expect(() => writeUdp(new Uint8Array(8), 1, { ...value, payload: hex('') }, hex('01020304'), hex('01020304'))).toThrow(code);
});

test('no prefix, no changed byte and no noise makes the decoder throw', () => {
  feedDamaged(decodeUdp, DATAGRAM);
  feedNoise(decodeUdp, hex('0001 0002 00'));
});
