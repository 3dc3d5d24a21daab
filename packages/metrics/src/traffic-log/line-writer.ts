import type { Bytes } from '@heddle/core';
import type { Outlet } from '../recording/outlet.js';
import { base64Length, writeBase64 } from './base64.js';
import type { TrafficClose, TrafficData, TrafficOpen } from './line.js';

/** Queue that only lines of `open` and `close` may use, so that a log with gaps still tells which flows there were. */
const SPARED = 64 * 1024;
const TAIL: Bytes = new TextEncoder().encode('"}\n');

/** Writes lines into the queue. False: there was no room for this one. */
export class LineWriter {
  readonly #outlet: Outlet;
  readonly #encoder = new TextEncoder();

  constructor(outlet: Outlet) {
    this.#outlet = outlet;
  }

  event(line: TrafficOpen | TrafficClose): boolean {
    const bytes = this.#encoder.encode(`${JSON.stringify(line)}\n`);
    const at = this.#outlet.reserve(bytes.length);
    if (at === -1) return false;
    this.#outlet.bytes.set(bytes, at);
    return true;
  }

  /** The payload goes straight into the queue: no string is made of it. */
  data(line: Omit<TrafficData, 'event' | 'data'>, payload: Bytes): boolean {
    const text = JSON.stringify({ event: 'data', ...line, data: '' });
    const head = this.#encoder.encode(text.slice(0, -'"}'.length));
    const coded = base64Length(payload.length);
    const at = this.#outlet.reserve(head.length + coded + TAIL.length, { spared: SPARED });
    if (at === -1) return false;
    this.#outlet.bytes.set(head, at);
    writeBase64(this.#outlet.bytes, at + head.length, payload);
    this.#outlet.bytes.set(TAIL, at + head.length + coded);
    return true;
  }
}
