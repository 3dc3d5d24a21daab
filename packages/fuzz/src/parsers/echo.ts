import { createUpperLayer, decodeEcho, encodeEcho, ipv4ChecksumValid, turnIntoEchoReply } from '@heddle/wire';
import { ECHO_REPLY4, ECHO_REPLY6, ECHO_REQUEST4, ECHO_REQUEST6 } from '../../../wire/test/vectors.js';
import { join } from '../bytes.js';
import { type Parser, promise, promiseSame, stateless } from '../parser.js';

const GARBAGE = new Uint8Array([9, 9, 9]);

/** Pings as whole packets, and the answer in place. */
export const echo: Parser = stateless(
  { name: 'echo', kind: 'bytes', seeds: [ECHO_REQUEST4, ECHO_REQUEST6, ECHO_REPLY4, ECHO_REPLY6] },
  (input) => {
    const ping = decodeEcho(input);
    const packet = input.slice();
    const turned = turnIntoEchoReply(packet, 0, packet.length, createUpperLayer());
    if (!turned) promiseSame(packet, input, 'what is no good request stays as it is');
    if (ping === undefined) return promise(!turned, 'only a ping is answered');
    promise(input[0]! >> 4 === 6 || ipv4ChecksumValid(input, 0), 'a damaged header is no ping');
    promiseSame(decodeEcho(encodeEcho(ping)), ping, 'B5: what is read is written and read again');
    promiseSame(decodeEcho(join(input, GARBAGE)), ping, 'B4: bytes behind the packet are ignored');
    const answer = { ...ping, kind: 'echo-reply', source: ping.destination, destination: ping.source };
    if (turned) promiseSame(decodeEcho(packet), answer, 'the answer is the request, turned round');
  },
);
