import { readFileSync } from 'node:fs';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import type { TrafficData, TrafficLogLine } from '../src/traffic-log/line.js';

/** The published schema, as a user of another language would read it. */
export function lineSchema(): ValidateFunction<TrafficLogLine> {
  const schema = JSON.parse(readFileSync(new URL('../schema/traffic-log.schema.json', import.meta.url), 'utf8'));
  return new Ajv2020({ strict: true, strictRequired: false, formats: {} }).compile<TrafficLogLine>(schema);
}

/** The lines of a log. Throws over half a line. */
export function readLines(chunks: readonly Uint8Array[]): TrafficLogLine[] {
  const text = Buffer.concat(chunks).toString();
  return text.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line) as TrafficLogLine]));
}

/** One direction of a flow, put together by offsets; gaps stay zero. */
export function reassemble(lines: readonly TrafficLogLine[], flow: number, direction: 'in' | 'out'): Buffer {
  const own = lines.filter((line): line is TrafficData => line.event === 'data' && line.flow === flow && line.direction === direction);
  const pieces = own.map(({ offset, data }) => ({ offset, bytes: Buffer.from(data, 'base64') }));
  const whole = Buffer.alloc(pieces.reduce((end, { offset, bytes }) => Math.max(end, offset + bytes.length), 0));
  for (const { offset, bytes } of pieces) whole.set(bytes, offset);
  return whole;
}
