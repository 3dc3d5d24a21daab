import { parseUapiSet, UapiReader, type UapiRequest } from '@heddle/control-static';
import { bytesOf, fingerprint, textOf } from '../bytes.js';
import { type Parser, promise, promiseSame, stateless } from '../parser.js';
import { plain } from '../plain.js';

const KEY = '7b4e909bbe7ffe44c465a220037d608ee35897d31ef972f07f74892cb0f73f13';
const PRIVATE = `20${'22'.repeat(30)}62`;

const SET = `set=1
private_key=${PRIVATE}
listen_port=51820
fwmark=256
replace_peers=true
public_key=${KEY}
preshared_key=${'55'.repeat(32)}
endpoint=[fe80::1%lo]:5
persistent_keepalive_interval=25
replace_allowed_ips=true
allowed_ip=10.0.0.77/24
allowed_ip=-fd00::/64
protocol_version=1

`;
const LONGEST_LINE = 1024;

/** Whole texts, for the tests that cut them everywhere. */
export const UAPI_TEXTS: readonly string[] = [SET, 'get=1\n\n', `get=1\n\n${SET}get=1\n\nset=1\nbogus=1\nx\n\nget=1\n\n`];

/** UAPI on a connection, however it is cut into pieces (B2). */
export const uapi: Parser = stateless(
  {
    name: 'uapi',
    kind: 'text',
    longest: 3000,
    seeds: UAPI_TEXTS.map(bytesOf),
    words: [
      'set=1',
      'get=1',
      '\n\n',
      'public_key',
      'remove=true',
      'update_only=true',
      KEY,
      '0'.repeat(64),
      'endpoint=1.2.3.4:5',
      'a'.repeat(1025),
    ],
  },
  (input) => {
    const requests = read([input]);
    const whole = plain(requests);
    const choice = fingerprint(input);
    if (choice % 8 === 0) promiseSame(plain(read(pieces(input, 1))), whole, 'B2: one byte per write gives the same requests');
    const at = choice % (input.length + 1);
    promiseSame(plain(read([input.slice(0, at), input.slice(at)])), whole, 'B2: a cut anywhere gives the same requests');
    const tooLong = textOf(input)
      .split('\n')
      .some((line) => line.length > LONGEST_LINE);
    promise(!tooLong || requests.at(-1)?.is === 'close', 'B3: a line that is too long ends the connection');
    const set = parseUapiSet(textOf(input));
    promise('device' in set || (set.errno < 0 && set.line >= 1), 'a text is an operation, or a fault with its line');
  },
);

/** The requests that a connection makes of these writes. */
export function read(writes: Iterable<Uint8Array>): readonly UapiRequest[] {
  const reader = new UapiReader();
  return Array.from(writes, (bytes) => reader.push(bytes)).flat();
}

/** The input in writes of `size` bytes. */
export function pieces(input: Uint8Array, size: number): readonly Uint8Array[] {
  return Array.from({ length: Math.ceil(input.length / size) }, (_, i) => input.subarray(i * size, (i + 1) * size));
}
