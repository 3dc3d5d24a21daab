import { type HelloSoFar, LONGEST_HELLO, readClientHello } from '../../../funnel/src/tls/client-hello.js';
import { bytesOf, join } from '../bytes.js';
import { type Parser, promise, promiseSame, stateless } from '../parser.js';

const NAME = 'web.example.ts.net';

/** The first message of TLS, from which the name is read that a visitor wants. */
export const clientHello: Parser = stateless(
  {
    name: 'client-hello',
    kind: 'bytes',
    longest: 2_048,
    seeds: [hello([serverName(), protocols()]), hello([]), hello([serverName()], 40)],
  },
  (input) => {
    const found = readClientHello(input);
    if (!isHello(found)) return;
    promise((found.serverName ?? '').length <= 255, 'no name is longer than a name');
    promise(
      found.protocols.every((protocol) => protocol.length <= 255),
      'no protocol is longer than its length can say',
    );
    promise(input.length <= LONGEST_HELLO + 2_048, 'B3: nothing is read beyond the cap');
    promiseSame(readClientHello(join(input, Uint8Array.of(23, 3, 3, 0, 1, 0))), found, 'B4: what follows the message changes nothing');
    promiseSame(beginning(input), found, 'B2: once it is there it stays the same, however much has come');
  },
);

function isHello(found: HelloSoFar): found is Exclude<HelloSoFar, string> {
  return typeof found === 'object';
}

/** What is read of the shortest beginning that is enough. */
function beginning(input: Uint8Array): HelloSoFar {
  let [short, enough] = [0, input.length];
  while (short + 1 < enough) {
    const middle = (short + enough) >> 1;
    if (readClientHello(input.subarray(0, middle)) === 'more') short = middle;
    else enough = middle;
  }
  return readClientHello(input.subarray(0, enough));
}

/** A message in records of at most `size` bytes. */
function hello(extensions: readonly (readonly number[])[], size = 16_000): Uint8Array {
  const body = [3, 3, ...Array(32).fill(7), ...sized(1, []), ...sized(2, [0x13, 0x01]), ...sized(1, [0]), ...sized(2, extensions.flat())];
  const message = [1, ...sized(3, body)];
  const records: number[] = [];
  for (let at = 0; at < message.length; at += size) records.push(22, 3, 1, ...sized(2, message.slice(at, at + size)));
  return Uint8Array.from(records);
}

function serverName(): readonly number[] {
  return [0, 0, ...sized(2, sized(2, [0, ...sized(2, [...bytesOf(NAME)])]))];
}

function protocols(): readonly number[] {
  return [
    0,
    16,
    ...sized(
      2,
      sized(
        2,
        ['h2', 'http/1.1'].flatMap((name) => sized(1, [...bytesOf(name)])),
      ),
    ),
  ];
}

function sized(width: number, bytes: readonly number[]): number[] {
  return [...Array.from({ length: width }, (_, i) => (bytes.length >> (8 * (width - 1 - i))) & 0xff), ...bytes];
}
