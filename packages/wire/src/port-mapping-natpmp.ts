import { type Bytes, readU16, readU32, writeU16, writeU32 } from './bytes.js';
import { putField } from './misuse.js';

/**
 * NAT-PMP (RFC 6886). A host asks its gateway, at port 5351, for its outer address and for ports of it.
 *
 *   request   0           1          2            4               6               8
 *             | version 0 | opcode 0 |                                                           outer address
 *             | version 0 | opcode 1 | 00 00      | internal port | external port | lifetime u32 |   map UDP
 *
 *   answer    0           1              2            4           8
 *             | version 0 | 80 | opcode  | result u16 | epoch u32 | address 4                     |
 *                                                                 | internal | external | lifetime u32 |
 *
 * A lifetime of zero deletes. The epoch counts the seconds since the gateway lost its mappings. Results: 1 version, 2 refused, 3 network
 * failure, 4 out of resources, 5 opcode.
 */
export const PORT_MAPPING_PORT: number = 5351;

/** A wish for an external port; 0: any. */
export interface NatPmpMapping {
  readonly type: 'map';
  readonly internalPort: number;
  readonly externalPort: number;
  /** Seconds. */
  readonly lifetime: number;
}

export type NatPmpRequest = { readonly type: 'external-address' } | NatPmpMapping;

export type NatPmpAnswer = { readonly epoch: number } & (
  | { readonly type: 'external-address'; readonly address: Bytes }
  | NatPmpMapping
  | { readonly type: 'refused'; readonly opcode: number; readonly result: number }
);

const ANSWER = 0x80;
const ADDRESS_OPCODE = 0;
const MAP_OPCODE = 1;
const MAP_REQUEST = 12;
const REFUSAL = 8;
const ADDRESS_ANSWER = 12;
const MAP_ANSWER = 16;

export function encodeNatPmpRequest(request: NatPmpRequest): Uint8Array<ArrayBuffer> {
  if (request.type === 'external-address') return new Uint8Array(2);
  const b = new Uint8Array(MAP_REQUEST);
  b[1] = MAP_OPCODE;
  writePorts(b, 4, request);
  return b;
}

/** Undefined for other versions, other opcodes, and for what is too short. */
export function decodeNatPmpRequest(b: Bytes): NatPmpRequest | undefined {
  if (b.length < 2 || b[0] !== 0) return undefined;
  if (b[1] === ADDRESS_OPCODE) return { type: 'external-address' };
  return b[1] === MAP_OPCODE && b.length >= MAP_REQUEST ? readPorts(b, 4) : undefined;
}

/** Throws when the address has not 4 bytes. */
export function encodeNatPmpAnswer(answer: NatPmpAnswer): Uint8Array<ArrayBuffer> {
  switch (answer.type) {
    case 'external-address': {
      const b = start(ADDRESS_ANSWER, ADDRESS_OPCODE, 0, answer.epoch);
      putField(b, 8, 4, answer.address, 'the outer address of a gateway');
      return b;
    }
    case 'map': {
      const b = start(MAP_ANSWER, MAP_OPCODE, 0, answer.epoch);
      writePorts(b, 8, answer);
      return b;
    }
    case 'refused':
      return start(REFUSAL, answer.opcode, answer.result, answer.epoch);
  }
}

/** Undefined for what is no answer. Gateways send refusals of several lengths; any that tells its result is taken. */
export function decodeNatPmpAnswer(b: Bytes): NatPmpAnswer | undefined {
  if (b.length < REFUSAL || b[0] !== 0 || b[1]! < ANSWER) return undefined;
  const [opcode, result, epoch] = [b[1]! & 0x7f, readU16(b, 2), readU32(b, 4)];
  if (result !== 0) return { type: 'refused', opcode, result, epoch };
  if (opcode === ADDRESS_OPCODE && b.length >= ADDRESS_ANSWER) return { type: 'external-address', epoch, address: b.slice(8, 12) };
  return opcode === MAP_OPCODE && b.length >= MAP_ANSWER ? { ...readPorts(b, 8), epoch } : undefined;
}

function start(length: number, opcode: number, result: number, epoch: number): Uint8Array<ArrayBuffer> {
  const b = new Uint8Array(length);
  b[1] = ANSWER | opcode;
  writeU16(b, 2, result);
  writeU32(b, 4, epoch);
  return b;
}

function readPorts(b: Bytes, at: number): NatPmpMapping {
  return { type: 'map', internalPort: readU16(b, at), externalPort: readU16(b, at + 2), lifetime: readU32(b, at + 4) };
}

function writePorts(b: Bytes, at: number, { internalPort, externalPort, lifetime }: NatPmpMapping): void {
  writeU16(b, at, internalPort);
  writeU16(b, at + 2, externalPort);
  writeU32(b, at + 4, lifetime);
}
