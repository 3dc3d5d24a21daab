import { type Bytes, readU16, readU32, writeU16, writeU32 } from './bytes.js';
import { isMapped } from './ipv6-text.js';
import { misuse, putField } from './misuse.js';

/**
 * PCP (RFC 6887), the successor of NAT-PMP, at the same port of the gateway.
 *
 *   request   0           1        2       4              8                    24
 *             | version 2 | opcode | 00 00 | lifetime u32 | client address 16 | ...
 *   answer    0           1              2    3        4              8           12         24
 *             | version 2 | 80 | opcode  | 00 | result | lifetime u32 | epoch u32 | zeros 12 | ...
 *
 *   0 announce: nothing more
 *   1 map     24         36                37      40              42              44                    60
 *             | nonce 12 | protocol u8     | zeros | internal port | external port | external address 16 |
 *
 * IPv4 addresses are written as ::ffff:a.b.c.d. A lifetime of zero deletes.
 */
export interface PcpMapping {
  readonly type: 'map';
  /** Seconds. */
  readonly lifetime: number;
  /** Chosen once for a mapping: who does not know it cannot change the mapping. */
  readonly nonce: Bytes;
  /** 17: UDP. */
  readonly protocol: number;
  readonly internalPort: number;
  readonly externalPort: number;
  /** 4 or 16 bytes; zeros: any. */
  readonly externalAddress: Bytes;
}

export type PcpRequest = { readonly client: Bytes } & ({ readonly type: 'announce' } | PcpMapping);

export type PcpAnswer = { readonly epoch: number } & (
  | { readonly type: 'announce' }
  | PcpMapping
  | { readonly type: 'refused'; readonly opcode: number; readonly result: number; readonly lifetime: number }
);

export const PCP_NONCE: number = 12;
const VERSION = 2;
const ANSWER = 0x80;
const ANNOUNCE = 0;
const MAP = 1;
const HEADER = 24;
const WHOLE = 60;

/** Throws when an address has neither 4 nor 16 bytes, or the nonce not 12. */
export function encodePcpRequest(request: PcpRequest): Uint8Array<ArrayBuffer> {
  const b = new Uint8Array(request.type === 'map' ? WHOLE : HEADER);
  b.set([VERSION, request.type === 'map' ? MAP : ANNOUNCE]);
  writeAddress(b, 8, request.client);
  if (request.type === 'map') writeMapping(b, request);
  return b;
}

/** Undefined for other versions, other opcodes, and for what is too short. */
export function decodePcpRequest(b: Bytes): PcpRequest | undefined {
  if (b.length < HEADER || b[0] !== VERSION) return undefined;
  const client = readAddress(b, 8);
  if (b[1] === ANNOUNCE) return { type: 'announce', client };
  return b[1] === MAP && b.length >= WHOLE ? { client, ...readMapping(b) } : undefined;
}

/** Throws when the address has neither 4 nor 16 bytes, or the nonce not 12. */
export function encodePcpAnswer(answer: PcpAnswer): Uint8Array<ArrayBuffer> {
  const b = new Uint8Array(answer.type === 'map' ? WHOLE : HEADER);
  b.set([VERSION, ANSWER | opcodeOf(answer)]);
  writeU32(b, 8, answer.epoch);
  if (answer.type === 'map') writeMapping(b, answer);
  if (answer.type === 'refused') {
    b[3] = answer.result;
    writeU32(b, 4, answer.lifetime);
  }
  return b;
}

/** Undefined for what is no answer; a refusal is one whatever follows it. */
export function decodePcpAnswer(b: Bytes): PcpAnswer | undefined {
  if (b.length < HEADER || b[0] !== VERSION || b[1]! < ANSWER) return undefined;
  const [opcode, result, epoch] = [b[1]! & 0x7f, b[3]!, readU32(b, 8)];
  if (result !== 0) return { type: 'refused', opcode, result, epoch, lifetime: readU32(b, 4) };
  if (opcode === ANNOUNCE) return { type: 'announce', epoch };
  return opcode === MAP && b.length >= WHOLE ? { epoch, ...readMapping(b) } : undefined;
}

function opcodeOf(answer: PcpAnswer): number {
  if (answer.type === 'refused') return answer.opcode;
  return answer.type === 'map' ? MAP : ANNOUNCE;
}

/** Requests and answers have the fields of a mapping at the same places. */
function readMapping(b: Bytes): PcpMapping {
  return {
    type: 'map',
    lifetime: readU32(b, 4),
    nonce: b.slice(24, 36),
    protocol: b[36]!,
    internalPort: readU16(b, 40),
    externalPort: readU16(b, 42),
    externalAddress: readAddress(b, 44),
  };
}

function writeMapping(b: Bytes, mapping: PcpMapping): void {
  writeU32(b, 4, mapping.lifetime);
  putField(b, 24, PCP_NONCE, mapping.nonce, 'the nonce of a PCP mapping');
  b[36] = mapping.protocol;
  writeU16(b, 40, mapping.internalPort);
  writeU16(b, 42, mapping.externalPort);
  writeAddress(b, 44, mapping.externalAddress);
}

function readAddress(b: Bytes, at: number): Bytes {
  const whole = b.slice(at, at + 16);
  return isMapped(whole) ? whole.slice(12) : whole;
}

function writeAddress(b: Bytes, at: number, address: Bytes): void {
  if (address.length === 16) b.set(address, at);
  else if (address.length === 4) b.set([0xff, 0xff, ...address], at + 10);
  else throw misuse(`an address has 4 or 16 bytes, not ${address.length}`);
}
