import {
  decodeNatPmpAnswer,
  decodeNatPmpRequest,
  decodePcpAnswer,
  decodePcpRequest,
  encodeNatPmpAnswer,
  encodeNatPmpRequest,
  encodePcpAnswer,
  encodePcpRequest,
} from '@heddle/wire';
import * as V from '../../../wire/test/port-mapping-vectors.js';
import { join } from '../bytes.js';
import { type Parser, promiseSame, stateless } from '../parser.js';

const GARBAGE = new Uint8Array([9, 9, 9]);

function check<Value>(decode: (b: Uint8Array) => Value | undefined, encode: (value: Value) => Uint8Array, input: Uint8Array): void {
  const value = decode(input);
  if (value === undefined) return;
  promiseSame(decode(join(input, GARBAGE)), value, 'B4: bytes behind are ignored');
  promiseSame(decode(encode(value)), value, 'B5: what is read is written and read again');
}

/** What a gateway may be sent by NAT-PMP, and what it may answer. */
export const natPmp: Parser = stateless(
  {
    name: 'nat-pmp',
    kind: 'bytes',
    seeds: [V.PMP_ADDRESS_REQUEST, V.PMP_ADDRESS_ANSWER, V.PMP_MAP_REQUEST, V.PMP_MAP_ANSWER, V.PMP_DELETE],
  },
  (input) => {
    check(decodeNatPmpRequest, encodeNatPmpRequest, input);
    check(decodeNatPmpAnswer, encodeNatPmpAnswer, input);
  },
);

/** The same by PCP. */
export const pcp: Parser = stateless(
  {
    name: 'pcp',
    kind: 'bytes',
    seeds: [V.PCP_ANNOUNCE, V.PCP_ANNOUNCE_ANSWER, V.PCP_MAP_REQUEST, V.PCP_MAP_ANSWER, V.PCP_REFUSAL],
  },
  (input) => {
    check(decodePcpRequest, encodePcpRequest, input);
    check(decodePcpAnswer, encodePcpAnswer, input);
  },
);
