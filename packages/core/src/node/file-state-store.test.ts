import { mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { StateStore } from '../contracts/state-store.js';
import { fileStore } from './file-state-store.js';

const never = new AbortController().signal;
let directory: string;
const open: StateStore[] = [];

async function opened(path = directory): Promise<StateStore> {
  const store = fileStore(path);
  await store.open(never);
  open.push(store);
  return store;
}

/** Without the names of owners, of which one stays. */
async function files(): Promise<string[]> {
  return (await readdir(directory)).filter((name) => !name.startsWith('owner-')).sort();
}

beforeEach(async () => {
  directory = join(await mkdtemp(join(tmpdir(), 'heddle-state-')), 'state');
});
afterEach(async () => {
  for (const store of open.splice(0)) await store.close();
  await rm(join(directory, '..'), { recursive: true, force: true });
});

describe('F10: state in a file', () => {
  test('outlives the store that wrote it', async () => {
    const first = await opened();
    await first.set('node-key', 'abc');
    await first.close();
    expect((await opened()).get('node-key')).toBe('abc');
  });

  test('is readable by its owner only, in a directory of its owner only', async () => {
    await (await opened()).set('k', 'v');
    expect((await stat(directory)).mode & 0o777).toBe(0o700);
    expect((await stat(join(directory, 'state.json'))).mode & 0o777).toBe(0o600);
  });

  test('a removed value is gone, the others stay', async () => {
    const store = await opened();
    await Promise.all([store.set('a', '1'), store.set('b', '2'), store.set('a', undefined)]);
    await store.close();
    const again = await opened();
    expect([again.get('a'), again.get('b')]).toEqual([undefined, '2']);
  });

  for (const [what, text] of [
    ['truncated', '{"version":1,"val'],
    ['empty', ''],
    ['not JSON', 'hello'],
    ['of the wrong shape', '{"version":1,"values":{"a":7}}'],
    ['of version 0', '{"version":0,"values":{}}'],
    ['too large', `"${'x'.repeat(5 * 1024 * 1024)}"`],
  ] as const) {
    test(`a file that is ${what} is set aside, and no new state takes its place silently`, async () => {
      await (await opened()).close();
      await writeFile(join(directory, 'state.json'), text);
      await expect(fileStore(directory).open(never)).rejects.toMatchObject({ code: 'HEDDLE_STATE_DAMAGED' });
      expect(await readFile(join(directory, 'state.json.damaged'), 'utf8')).toBe(text);
      expect(await files()).toEqual(['state.json.damaged']);
    });
  }

  test('a second damaged file does not overwrite the first', async () => {
    await (await opened()).close();
    for (const text of ['one', 'two']) {
      await writeFile(join(directory, 'state.json'), text);
      await fileStore(directory)
        .open(never)
        .catch(() => {});
    }
    expect(await files()).toEqual(['state.json.damaged', 'state.json.damaged.1']);
  });

  test('a state of a later version is refused and stays where it is', async () => {
    await (await opened()).close();
    await writeFile(join(directory, 'state.json'), '{"version":2,"values":{}}');
    await expect(fileStore(directory).open(never)).rejects.toMatchObject({ code: 'HEDDLE_STATE_VERSION' });
    expect(await files()).toEqual(['state.json']);
  });

  test('has one owner at a time', async () => {
    const first = await opened();
    await expect(fileStore(directory).open(never)).rejects.toMatchObject({ code: 'HEDDLE_STATE_BUSY' });
    await first.close();
    await opened();
  });

  test('of many that try at once exactly one becomes the owner, also over the remains of a dead one', async () => {
    await (await opened()).close();
    await writeFile(join(directory, 'owner-7.sock'), '');
    const outcomes = await Promise.allSettled(Array.from({ length: 12 }, () => opened()));
    expect(outcomes.filter((outcome) => outcome.status === 'fulfilled')).toHaveLength(1);
  });

  test('a link planted in place of the file is not followed', async () => {
    await (await opened()).close();
    await writeFile(join(directory, 'elsewhere'), '{"version":1,"values":{}}');
    await symlink(join(directory, 'elsewhere'), join(directory, 'state.json'));
    await expect(fileStore(directory).open(never)).rejects.toMatchObject({ code: 'HEDDLE_STATE_IO' });
  });

  test('works in a directory whose path is longer than a socket name may be', async () => {
    const deep = join(directory, 'x'.repeat(100), 'y'.repeat(60));
    await (await opened(deep)).set('k', 'v');
    await expect(fileStore(deep).open(never)).rejects.toMatchObject({ code: 'HEDDLE_STATE_BUSY' });
  });

  test('a value that could not be written is not there', async () => {
    const store = await opened();
    await store.set('k', 'old');
    await rm(directory, { recursive: true });
    await expect(store.set('k', 'new')).rejects.toMatchObject({ code: 'HEDDLE_STATE_IO' });
    expect(store.get('k')).toBe('old');
  });
});
