import { TCP_FLAG } from '@heddle/wire';
import type { FourTuple } from './four-tuple.js';
import type { Segment } from './segment.js';
import type { SegmentHeader, SegmentWriter } from './segment-writer.js';

const { RST, ACK } = TCP_FLAG;

/** The RST that RFC 9293 3.5.2 asks for in answer to a segment of no connection. A RST is never answered. */
export function reset(segments: SegmentWriter, tuple: FourTuple, segment: Segment): void {
  if (segment.has(RST)) return;
  if (segment.has(ACK)) segments.bare(tuple, header(segment.acknowledgment, 0, RST));
  else segments.bare(tuple, header(0, segment.end, RST | ACK));
}

export function header(sequence: number, acknowledgment: number, flags: number): SegmentHeader {
  return { sequence, acknowledgment, flags, window: 0, options: {} };
}
