import {
  decodeCookieReply,
  decodeInitiation,
  decodeResponse,
  decodeTransport,
  encodeCookieReply,
  encodeInitiation,
  encodeResponse,
  encodeTransport,
  messageType,
} from '@heddle/wire';
import { WG_COOKIE_REPLY, WG_DATA, WG_INITIATION, WG_KEEPALIVE, WG_RESPONSE } from '../../../wire/test/vectors.js';
import { join } from '../bytes.js';
import { type Parser, promise, promiseSame, stateless } from '../parser.js';

/** How one type is read and written. */
interface Codec<Value> {
  readonly type: number;
  /** False: a longer message is another message. */
  readonly mayGrow: boolean;
  decode(b: Uint8Array): Value | undefined;
  encode(value: Value): Uint8Array;
}

const GARBAGE = new Uint8Array([0xde, 0xad]);

function check<Value>({ type, mayGrow, decode, encode }: Codec<Value>): (input: Uint8Array) => void {
  return (input) => {
    const value = decode(input);
    promise((value !== undefined) === (messageType(input, 0, input.length) === type), `type ${type} is read exactly when it is told`);
    if (value === undefined) return;
    promiseSame(encode(value), input, `B5: writing type ${type} gives the bytes that were read`);
    promise((decode(join(input, GARBAGE)) !== undefined) === mayGrow, `B4: bytes behind a message of type ${type}`);
  };
}

const checks = [
  check({ type: 1, mayGrow: false, decode: decodeInitiation, encode: encodeInitiation }),
  check({ type: 2, mayGrow: false, decode: decodeResponse, encode: encodeResponse }),
  check({ type: 3, mayGrow: false, decode: decodeCookieReply, encode: encodeCookieReply }),
  check({ type: 4, mayGrow: true, decode: decodeTransport, encode: encodeTransport }),
];

/** WireGuard's four messages, as values. */
export const wireguardMessages: Parser = stateless(
  { name: 'wireguard-messages', kind: 'bytes', seeds: [WG_INITIATION, WG_RESPONSE, WG_COOKIE_REPLY, WG_KEEPALIVE, WG_DATA] },
  (input) => {
    for (const one of checks) one(input);
  },
);
