import type { Writable } from 'node:stream';
import type { Bytes } from '@heddle/core';
import type { Sink } from '../recording/sink.js';

export interface StreamSinkOptions {
  /** Whether the stream ends with the recording. Default false, as for standard output. */
  readonly end?: boolean;
}

/** A stream of Node, such as standard output or the input of a tshark. An error of it costs what was to be written, and goes no further. */
export function streamSink(stream: Writable, { end = false }: StreamSinkOptions = {}): Sink {
  stream.on('error', () => {});
  const take = (chunk: Bytes): Promise<void> =>
    new Promise((resolve, reject) => {
      // A stream may keep what it was given; the chunk is only lent.
      stream.write(Buffer.from(chunk), (fault) => (fault ? reject(fault) : resolve()));
    });
  return end ? Object.assign(take, { close: () => ended(stream) }) : take;
}

function ended(stream: Writable): Promise<void> {
  return new Promise((resolve) => {
    if (stream.destroyed) resolve();
    else stream.once('close', resolve).end();
  });
}
