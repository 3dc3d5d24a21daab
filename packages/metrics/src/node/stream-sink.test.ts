import { PassThrough, Writable } from 'node:stream';
import { expect, test } from 'vitest';
import { streamSink } from './stream-sink.js';

test('a stream gets a copy of each chunk, and the sink is done when the stream is', async () => {
  const stream = new PassThrough();
  const sink = streamSink(stream);
  const chunk = new TextEncoder().encode('one');
  await sink(chunk);
  chunk.fill(0);
  expect(String(stream.read())).toBe('one');
  expect(sink.close).toBeUndefined();
});

test('a stream that fails, or has failed, costs the chunk and nothing else', async () => {
  const stream = new Writable({ write: (_chunk, _encoding, done) => done(new Error('gone')) });
  const sink = streamSink(stream, { end: true });
  await expect(sink(Uint8Array.of(1))).rejects.toThrow('gone');
  await expect(sink(Uint8Array.of(2))).rejects.toThrow();
  await sink.close!();
});

test('a stream ends with the recording where that is asked for', async () => {
  const stream = new Writable({ write: (_chunk, _encoding, done) => done() });
  await streamSink(stream, { end: true }).close!();
  expect(stream.writableFinished).toBe(true);
});
