import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { chmod, type FileHandle, lstat, mkdir, open, readdir, readFile, rename, rm, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { HeddleError } from '@heddle/core';
import { formatJournal, type JournalEntry, parseJournal } from '../pure/journal-text.js';

const FILE = /^[0-9a-f]{16}\.json$/;
const NEXT = '.next';

/** A folder (0700) with one file (0600) for each node that has changed something. What is not in it was not changed. */
export class Journal {
  readonly #folder: string;
  readonly #name: string = `${randomBytes(8).toString('hex')}.json`;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Resolves when it would survive a power failure. */
  write(entry: JournalEntry): Promise<void> {
    return this.#coded('written', async () => {
      await this.#makeFolder();
      const path = join(this.#folder, this.#name);
      await writeWhole(path + NEXT, formatJournal(entry));
      await rename(path + NEXT, path);
      await withFile(this.#folder, constants.O_RDONLY, (handle) => handle.sync());
    });
  }

  /** Nothing of ours is changed any more. */
  erase(): Promise<void> {
    return this.#coded('removed', () => rm(join(this.#folder, this.#name), { force: true }));
  }

  /** What all have written, also those that are no more. Damaged files are left out. */
  read(): Promise<readonly { readonly name: string; readonly entry: JournalEntry }[]> {
    return this.#coded('read', async () => {
      const names = (await readdir(this.#folder).catch(() => [])).filter((name) => FILE.test(name) && name !== this.#name);
      const found = await Promise.all(names.map(async (name) => ({ name, entry: parseJournal(await textOf(join(this.#folder, name))) })));
      return found.flatMap(({ name, entry }) => (entry === undefined ? [] : [{ name, entry }]));
    });
  }

  /** Somebody else's changes are undone. */
  forget(name: string): Promise<void> {
    return this.#coded('removed', () => rm(join(this.#folder, name), { force: true }));
  }

  async #makeFolder(): Promise<void> {
    await mkdir(this.#folder, { recursive: true, mode: 0o700 });
    const entry = await lstat(this.#folder);
    if (!entry.isDirectory()) throw new Error(`${this.#folder} is no folder`);
    if ((entry.mode & 0o077) !== 0) await chmod(this.#folder, 0o700);
  }

  async #coded<T>(what: string, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw new HeddleError('HEDDLE_TUN_JOURNAL', `the record of changes in ${this.#folder} cannot be ${what}: ${reason}`, { cause });
    }
  }
}

async function textOf(path: string): Promise<string> {
  return readFile(path, 'utf8').catch(() => '');
}

async function writeWhole(path: string, text: string): Promise<void> {
  await unlink(path).catch(() => {});
  await withFile(path, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW, async (file) => {
    await file.writeFile(text);
    await file.sync();
  });
}

async function withFile<T>(path: string, flags: number, use: (file: FileHandle) => Promise<T>): Promise<T> {
  const file = await open(path, flags, 0o600);
  try {
    return await use(file);
  } finally {
    await file.close();
  }
}
