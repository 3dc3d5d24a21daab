import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { type Bytes, HeddleError } from '@heddle/core';
import type { Sink } from '../recording/sink.js';

const { O_APPEND, O_CREAT, O_NOFOLLOW, O_NONBLOCK, O_WRONLY } = constants;
/** A pipe without a reader is refused at once: opening it would wait for one. */
const HOW = O_APPEND | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_WRONLY;

/**
 * A file of our own that packets or lines are appended to, mode 0600 whatever it had before; no symbolic link, no second name of another file, no
 * pipe or device, and nothing that belongs to somebody else. A chunk that does not fit on the disk is taken back whole, so that the file never holds half a block or half a line. Rejects with HEDDLE_RECORDING_FILE.
 */
export async function fileSink(path: string): Promise<Sink> {
  const file = await openOwn(path);
  return Object.assign((chunk: Bytes) => append(file, chunk), { close: () => file.close() });
}

async function openOwn(path: string): Promise<FileHandle> {
  try {
    return await madeOwn(await open(path, HOW, 0o600));
  } catch (cause) {
    const { message } = cause as Error;
    throw new HeddleError('HEDDLE_RECORDING_FILE', `cannot open ${path} to record into: ${message}`, { cause });
  }
}

/** The file itself is looked at, not its path, which may mean something else by now. */
async function madeOwn(file: FileHandle): Promise<FileHandle> {
  try {
    const found = await file.stat();
    if (!found.isFile() || found.nlink > 1) throw new Error('it is no file, or one that has other names, too');
    if (found.uid !== (ownId() ?? found.uid)) throw new Error('it belongs to somebody else');
    await file.chmod(0o600);
    return file;
  } catch (fault) {
    await file.close();
    throw fault;
  }
}

/** Undefined: the system does not know who we are. */
function ownId(): number | undefined {
  try {
    const { uid } = userInfo();
    return uid < 0 ? undefined : uid;
  } catch {
    return undefined;
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
