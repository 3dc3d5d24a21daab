import type { Bytes, Direction, FlowError, FlowWitness } from '@heddle/core';
import { MOST_BYTES, type TrafficClose, type TrafficOpen } from './line.js';
import type { LineWriter } from './line-writer.js';

export interface FlowLogParts {
  readonly open: TrafficOpen;
  readonly lines: LineWriter;
  readonly wall: () => number;
  /** A line had no room. */
  readonly refused: () => void;
  readonly over: (log: FlowLog) => void;
}

/** The lines of one flow. Offsets count every byte, also of lines that had no room, so that a gap shows. */
export class FlowLog implements FlowWitness {
  readonly #parts: FlowLogParts;
  readonly #bytes = { in: 0, out: 0 };
  readonly #dropped = { lines: 0, bytes: 0 };
  /** Lines that are missing since the last one that was written. */
  #missing = 0;
  #opened = false;
  #closed = false;

  constructor(parts: FlowLogParts) {
    this.#parts = parts;
    this.#isOpen();
  }

  data(direction: Direction, bytes: Bytes): void {
    if (this.#closed) return;
    for (let at = 0; at === 0 || at < bytes.length; at += MOST_BYTES)
      this.#piece(direction, bytes.subarray(at, at + MOST_BYTES), at + MOST_BYTES < bytes.length);
  }

  closed(error: FlowError | undefined): void {
    this.end(error);
  }

  end(error: TrafficClose['error']): void {
    if (this.#closed) return;
    this.#closed = true;
    const { open, lines, wall, refused, over } = this.#parts;
    const line = { event: 'close', flow: open.flow, time: wall(), bytes: this.#bytes, dropped: this.#dropped } as const;
    const opened = this.#isOpen();
    if (!opened) refused();
    if (!opened || !lines.event({ ...line, ...(error !== undefined && { error }) })) refused();
    over(this);
  }

  #piece(direction: Direction, bytes: Bytes, goesOn: boolean): void {
    const offset = this.#bytes[direction];
    this.#bytes[direction] += bytes.length;
    const { open, lines, wall } = this.#parts;
    const more = goesOn && open.protocol === 'udp' && { more: true as const };
    const dropped = this.#missing > 0 && { dropped: this.#missing };
    const line = { flow: open.flow, time: wall(), direction, offset, ...more, ...dropped };
    if (this.#isOpen() && lines.data(line, bytes)) this.#missing = 0;
    else this.#drop(bytes.length);
  }

  /** The first line goes in front of all others, as soon as there is room for it. */
  #isOpen(): boolean {
    this.#opened ||= this.#parts.lines.event(this.#parts.open);
    return this.#opened;
  }

  #drop(bytes: number): void {
    this.#missing += 1;
    this.#dropped.lines += 1;
    this.#dropped.bytes += bytes;
    this.#parts.refused();
  }
}
