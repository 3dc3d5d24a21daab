import {
  createSegmentPlan,
  createUpperLayer,
  findUpperLayer,
  PROTOCOL,
  planSegments,
  type SegmentPlan,
  segmentsSpan,
  upperChecksumValid,
  writeSegments,
} from '@heddle/wire';
import { fingerprint, fromHex, join } from '../bytes.js';
import { type Parser, promise, promiseSame, stateless } from '../parser.js';
import { LARGE_SEGMENT, packet4, packet6, TCP_SYN } from './packets.js';

const SIZES = [100, 536, 33, 1380];
/** B3: sizes that a descriptor may claim. */
const CLAIMS = [0, 1, -1, 0.5, 0xffff, 2 ** 31, 2 ** 32 - 1, Number.NaN, Number.POSITIVE_INFINITY];

/** What a packet is cut into, and the packets. */
export const segments: Parser = stateless(
  {
    name: 'segments',
    kind: 'bytes',
    seeds: [
      packet4(PROTOCOL.TCP, LARGE_SEGMENT),
      packet4(PROTOCOL.TCP, TCP_SYN, '01010101'),
      packet6(PROTOCOL.TCP, LARGE_SEGMENT),
      packet6(PROTOCOL.DESTINATION_OPTIONS, join(fromHex('0600010400000000'), LARGE_SEGMENT)),
    ],
  },
  (input) => {
    const plan = createSegmentPlan();
    for (const size of CLAIMS) claimed(input, size, plan);
    if (planSegments(input, 0, input.length, SIZES[fingerprint(input) % SIZES.length]!, plan)) cutUp(input, plan);
  },
);

/** A plan is made of the packet, whatever was claimed. */
function claimed(input: Uint8Array, size: number, plan: SegmentPlan): void {
  if (!planSegments(input, 0, input.length, size, plan)) return;
  promise(plan.segmentSize >= 1 && plan.count >= 1 && plan.count <= Math.max(1, input.length), 'a plan has no more packets than bytes');
  promise(plan.headerLength + plan.payloadLength <= input.length, 'a plan stays within the packet');
}

function cutUp(input: Uint8Array, plan: SegmentPlan): void {
  const stride = plan.headerLength + plan.segmentSize;
  const table = {
    slab: new Uint8Array(segmentsSpan(plan, stride)),
    offsets: new Uint32Array(plan.count),
    lengths: new Uint32Array(plan.count),
  };
  const count = writeSegments(input, 0, plan, table, 0, 0, stride);
  const upper = createUpperLayer();
  const payloads: Uint8Array[] = [];
  for (let i = 0; i < count; i++) {
    const [at, length] = [table.offsets[i]!, table.lengths[i]!];
    promise(findUpperLayer(table.slab, at, length, upper), 'each packet is whole');
    promise(upperChecksumValid(table.slab, at, upper), 'each packet has a right checksum');
    payloads.push(table.slab.subarray(at + plan.headerLength, at + length));
  }
  promiseSame(join(...payloads), input.slice(plan.headerLength, plan.headerLength + plan.payloadLength), 'the payloads are the payload');
}
