import { constants } from 'node:fs';
import { chmod, type FileHandle, lstat, mkdir, open, rename, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { StateStore } from '../contracts/state-store.js';
import { HeddleError } from '../errors/heddle-error.js';
import { ownState, type StateOwnership } from './state-owner.js';
import { LARGEST_STATE, readState, writeState } from './state-text.js';

const FILE = 'state.json';
const NEXT = 'state.json.next';

/** State in a directory of its own (0700): one file (0600), replaced as a whole, one owner at a time. Damage is set aside and reported, never overwritten. */
export function fileStore(directory: string): StateStore {
  return new FileStateStore(directory);
}

class FileStateStore implements StateStore {
  readonly #directory: string;
  #ownership: StateOwnership | undefined;
  #values = new Map<string, string>();
  #writing: Promise<void> = Promise.resolve();

  constructor(directory: string) {
    this.#directory = directory;
  }

  async open(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    await coded(makeDirectory(this.#directory), this.#directory);
    this.#ownership = await coded(ownState(this.#directory), this.#directory);
    try {
      this.#values = await this.#load();
    } catch (fault) {
      await this.close();
      throw fault;
    }
  }

  get(key: string): string | undefined {
    return this.#values.get(key);
  }

  /** Writes are one after the other; a value counts only when it is on the disk. */
  set(key: string, value: string | undefined): Promise<void> {
    const write = this.#writing.then(() => this.#write(key, value));
    this.#writing = write.catch(() => {});
    return write;
  }

  async close(): Promise<void> {
    await this.#writing;
    const ownership = this.#ownership;
    this.#ownership = undefined;
    await ownership?.release();
  }

  async #write(key: string, value: string | undefined): Promise<void> {
    if (this.#ownership === undefined) throw new HeddleError('HEDDLE_STATE_IO', `the state in ${this.#directory} is not open`);
    const next = new Map(this.#values);
    if (value === undefined) next.delete(key);
    else next.set(key, value);
    await coded(replaceFile(this.#directory, writeState(next)), this.#directory);
    this.#values = next;
  }

  async #load(): Promise<Map<string, string>> {
    await unlink(join(this.#directory, NEXT)).catch(() => {});
    const text = await coded(readWhole(join(this.#directory, FILE)), this.#directory);
    if (text === undefined) return new Map();
    const values = readState(text);
    if (values === undefined) throw await this.#setAside();
    return values;
  }

  async #setAside(): Promise<HeddleError> {
    const aside = await freeName(join(this.#directory, `${FILE}.damaged`));
    await coded(rename(join(this.#directory, FILE), aside), this.#directory);
    return new HeddleError(
      'HEDDLE_STATE_DAMAGED',
      `the state file was damaged and is now ${aside}; restore it as ${FILE}, or start again to begin with a new identity`,
    );
  }
}

async function makeDirectory(directory: string): Promise<void> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const entry = await lstat(directory);
  if (!entry.isDirectory()) throw new Error(`${directory} is not a directory`);
  if ((entry.mode & 0o077) !== 0) await chmod(directory, 0o700);
}

/** New content, or the old: written beside, brought to the disk, and put in place in one step. */
async function replaceFile(directory: string, text: string): Promise<void> {
  const next = join(directory, NEXT);
  await unlink(next).catch(() => {});
  await withFile(next, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW, async (file) => {
    await file.writeFile(text);
    await file.sync();
  });
  await rename(next, join(directory, FILE));
  await withFile(directory, constants.O_RDONLY, (handle) => handle.sync());
}

async function readWhole(path: string): Promise<string | undefined> {
  try {
    return await withFile(path, constants.O_RDONLY | constants.O_NOFOLLOW, async (file) => {
      const { size } = await file.stat();
      return size > LARGEST_STATE ? '' : await file.readFile('utf8');
    });
  } catch (fault) {
    if ((fault as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw fault;
  }
}

async function withFile<T>(path: string, flags: number, use: (file: FileHandle) => Promise<T>): Promise<T> {
  const file = await open(path, flags, 0o600);
  try {
    return await use(file);
  } finally {
    await file.close();
  }
}

async function freeName(wanted: string): Promise<string> {
  for (let n = 0; ; n++) {
    const name = n === 0 ? wanted : `${wanted}.${n}`;
    const taken = await lstat(name).then(
      () => true,
      () => false,
    );
    if (!taken) return name;
  }
}

async function coded<T>(work: Promise<T>, directory: string): Promise<T> {
  try {
    return await work;
  } catch (fault) {
    if (fault instanceof HeddleError) throw fault;
    const reason = fault instanceof Error ? fault.message : String(fault);
    throw new HeddleError('HEDDLE_STATE_IO', `the state in ${directory} cannot be used: ${reason}`, { cause: fault });
  }
}
