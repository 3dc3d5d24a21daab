import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bytes, bytesUpTo, feedDamaged, feedNoise } from '../test/damage.js';
import { concat, hex, toHex } from '../test/hex.js';
import * as V from '../test/port-mapping-vectors.js';
import type { Bytes } from './bytes.js';
import {
  decodeNatPmpAnswer,
  decodeNatPmpRequest,
  encodeNatPmpAnswer,
  encodeNatPmpRequest,
  type NatPmpAnswer,
  type NatPmpRequest,
} from './port-mapping-natpmp.js';
import {
  decodePcpAnswer,
  decodePcpRequest,
  encodePcpAnswer,
  encodePcpRequest,
  type PcpAnswer,
  type PcpRequest,
} from './port-mapping-pcp.js';

const NONCE = hex('a0a1a2a3a4a5a6a7a8a9aaab');
const CLIENT = hex('c0a80114');
const OUTSIDE = hex('cb007105');
const ports = { internalPort: 41_641, lifetime: 7_200 } as const;
const map = { type: 'map', nonce: NONCE, protocol: 17, ...ports } as const;

const pmpRequests: readonly (readonly [string, NatPmpRequest, Bytes])[] = [
  ['a question for the outer address', { type: 'external-address' }, V.PMP_ADDRESS_REQUEST],
  ['a wish for a port', { type: 'map', ...ports, externalPort: 0 }, V.PMP_MAP_REQUEST],
  ['a release', { type: 'map', ...ports, externalPort: 50_001, lifetime: 0 }, V.PMP_DELETE],
];
const pmpAnswers: readonly (readonly [string, NatPmpAnswer, Bytes])[] = [
  ['an outer address', { type: 'external-address', epoch: 1_000, address: OUTSIDE }, V.PMP_ADDRESS_ANSWER],
  ['a granted port', { type: 'map', ...ports, epoch: 1_001, externalPort: 50_001 }, V.PMP_MAP_ANSWER],
  ['a refusal', { type: 'refused', opcode: 1, result: 2, epoch: 5 }, hex('0081000200000005')],
];
const pcpRequests: readonly (readonly [string, PcpRequest, Bytes])[] = [
  ['an announcement', { type: 'announce', client: CLIENT }, V.PCP_ANNOUNCE],
  ['a wish for a port', { ...map, client: CLIENT, externalPort: 0, externalAddress: new Uint8Array(4) }, V.PCP_MAP_REQUEST],
];
const pcpAnswers: readonly (readonly [string, PcpAnswer, Bytes])[] = [
  ['an answer to an announcement', { type: 'announce', epoch: 5_000 }, V.PCP_ANNOUNCE_ANSWER],
  ['a granted port', { ...map, epoch: 5_001, externalPort: 50_002, externalAddress: OUTSIDE }, V.PCP_MAP_ANSWER],
  ['a refusal', { type: 'refused', opcode: 1, result: 12, epoch: 5_001, lifetime: 30 }, V.PCP_REFUSAL],
];

type Codec = readonly [string, readonly (readonly [string, never, Bytes])[], (value: never) => Bytes, (b: Bytes) => unknown];
const codecs = [
  ['NAT-PMP request', pmpRequests, encodeNatPmpRequest, decodeNatPmpRequest],
  ['NAT-PMP answer', pmpAnswers, encodeNatPmpAnswer, decodeNatPmpAnswer],
  ['PCP request', pcpRequests, encodePcpRequest, decodePcpRequest],
  ['PCP answer', pcpAnswers, encodePcpAnswer, decodePcpAnswer],
] as unknown as readonly Codec[];

describe.each(codecs)('%s', (_, known, encode, decode) => {
  test.each(known)('%s is written as MiniUPnPd takes it, and read back', (_name, value, wire) => {
    expect(toHex(encode(value))).toBe(toHex(wire));
    expect(decode(wire)).toEqual(value);
  });

  test('B4: bytes behind it are ignored', () => {
    for (const [, value, wire] of known) expect(decode(concat(wire, hex('ff00ff')))).toEqual(value);
  });

  test('B1: nothing that a stranger sends makes the decoder throw, and what is cut off is nothing', () => {
    const messages = known.map(([, , wire]) => wire);
    feedDamaged(decode, ...messages);
    feedNoise(decode, messages.at(-1)!.slice(0, 4), 80);
    for (const wire of messages) expect(decode(wire.slice(0, Math.min(wire.length - 1, 7)))).not.toEqual(decode(wire));
  });
});

test('B4: another version, or the other direction, is nothing', () => {
  expect(decodeNatPmpRequest(V.PCP_ANNOUNCE)).toBeUndefined();
  expect(decodePcpRequest(concat(hex('03'), V.PCP_MAP_REQUEST.slice(1)))).toBeUndefined();
  expect(decodePcpAnswer(V.PCP_MAP_REQUEST)).toBeUndefined();
  expect(decodeNatPmpAnswer(V.PMP_MAP_REQUEST)).toBeUndefined();
});

test('B5: mappings survive a round trip', () => {
  const u16 = fc.nat({ max: 0xffff });
  const u32 = fc.nat({ max: 0xffffffff });
  const wish = fc.record({
    internalPort: u16,
    externalPort: u16,
    lifetime: u32,
    epoch: u32,
    nonce: bytes(12),
    protocol: fc.nat({ max: 255 }),
  });
  fc.assert(
    fc.property(wish, bytes(4), bytesUpTo(5), ({ nonce, protocol, epoch, ...value }, address, behind) => {
      const pmp = { type: 'map', ...value } as const;
      expect(decodeNatPmpRequest(concat(encodeNatPmpRequest(pmp), behind))).toEqual(pmp);
      expect(decodeNatPmpAnswer(concat(encodeNatPmpAnswer({ ...pmp, epoch }), behind))).toEqual({ ...pmp, epoch });
      const pcp = { ...pmp, nonce, protocol, externalAddress: address };
      expect(decodePcpRequest(concat(encodePcpRequest({ ...pcp, client: address }), behind))).toEqual({ ...pcp, client: address });
      expect(decodePcpAnswer(concat(encodePcpAnswer({ ...pcp, epoch }), behind))).toEqual({ ...pcp, epoch });
    }),
    { seed: 1, numRuns: 300 },
  );
});

test('an address or a nonce of another size is a mistake of the caller', () => {
  const misuse = expect.objectContaining({ code: 'HEDDLE_WIRE_MISUSE' });
  expect(() => encodePcpRequest({ type: 'announce', client: hex('01') })).toThrow(misuse);
  expect(() => encodeNatPmpAnswer({ type: 'external-address', epoch: 0, address: new Uint8Array(16) })).toThrow(misuse);
  expect(() => encodePcpRequest({ ...map, nonce: hex('01'), client: CLIENT, externalPort: 0, externalAddress: CLIENT })).toThrow(misuse);
});
