import {
  createUpperLayer,
  fillUpperChecksum,
  findUpperLayer,
  ipPacketLength,
  PROTOCOL,
  type UpperLayer,
  upperChecksumValid,
} from '@heddle/wire';
import { ECHO_REQUEST4, ECHO_REQUEST6, SYN4, SYN6, UDP4 } from '../../../wire/test/vectors.js';
import { join } from '../bytes.js';
import { type Parser, promise, promiseSame, stateless } from '../parser.js';
import { EXTENDED, packet4, UDP_DATAGRAM } from './packets.js';

const FRONT = new Uint8Array(37).fill(0x60);

/** The way to the upper layer over IPv4 options and IPv6 extension headers, and its checksum. */
export const upperLayer: Parser = stateless(
  {
    name: 'upper-layer',
    kind: 'bytes',
    seeds: [...EXTENDED, SYN4, SYN6, UDP4, ECHO_REQUEST4, ECHO_REQUEST6, packet4(PROTOCOL.UDP, UDP_DATAGRAM, '', 1480, true)],
  },
  (input) => {
    const upper = createUpperLayer();
    const found = findUpperLayer(input, 0, input.length, upper);
    elsewhere(input, found, upper);
    if (!found) return;
    const total = ipPacketLength(input, 0, input.length);
    promise(upper.at >= (upper.version === 4 ? 20 : 40) && upper.length >= 0, 'the upper layer is behind the header');
    promise(upper.at + upper.length === total && total <= input.length, 'the upper layer ends where the packet ends');
    refill(input, upper);
  },
);

/** The same packet in the middle of a slab is the same packet. */
function elsewhere(input: Uint8Array, found: boolean, upper: UpperLayer): void {
  const there = createUpperLayer();
  const slab = join(FRONT, input, FRONT);
  promise(findUpperLayer(slab, FRONT.length, input.length, there) === found, 'what lies around a packet does not count');
  if (found) promiseSame({ ...there, at: there.at - FRONT.length }, { ...upper }, 'offsets move with the packet');
}

function refill(input: Uint8Array, upper: UpperLayer): void {
  const copy = input.slice();
  const valid = upperChecksumValid(input, 0, upper);
  promise(upperChecksumValid(input, 0, upper, new DataView(copy.buffer)) === valid, 'both ways to sum agree');
  if (fillUpperChecksum(copy, 0, upper)) promise(upperChecksumValid(copy, 0, upper), 'a checksum that was filled in is right');
}
