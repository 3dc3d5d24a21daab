import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { type Bytes, HeddleError } from '@heddle/core';
import type { Sink } from '../recording/sink.js';

const { O_APPEND, O_CREAT, O_NOFOLLOW, O_WRONLY } = constants;

/**
 * A file of our own that packets or lines are appended to, mode 0600 whatever it had before; it is not opened through a symbolic link. A chunk that
 * does not fit on the disk is taken back whole, so that the file never holds half a block or half a line. Rejects with HEDDLE_RECORDING_FILE.
 */
export async function fileSink(path: string): Promise<Sink> {
  const file = await openOwn(path);
  return Object.assign((chunk: Bytes) => append(file, chunk), { close: () => file.close() });
}

async function openOwn(path: string): Promise<FileHandle> {
  try {
    const file = await open(path, O_APPEND | O_CREAT | O_NOFOLLOW | O_WRONLY, 0o600);
    await file.chmod(0o600);
    return file;
  } catch (cause) {
    const { message } = cause as Error;
    throw new HeddleError('HEDDLE_RECORDING_FILE', `cannot open ${path} to record into: ${message}`, { cause });
  }
}

async function append(file: FileHandle, chunk: Bytes): Promise<void> {
  const { size } = await file.stat();
  try {
    for (let at = 0; at < chunk.length; ) at += (await file.write(chunk, at)).bytesWritten;
  } catch (fault) {
    await file.truncate(size);
    throw fault;
  }
}
