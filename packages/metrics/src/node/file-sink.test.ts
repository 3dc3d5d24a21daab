import { execFileSync } from 'node:child_process';
import { chmodSync, linkSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { fileSink } from './file-sink.js';

const folders: string[] = [];
function folder(): string {
  folders.push(mkdtempSync(join(tmpdir(), 'heddle-sink-')));
  return folders.at(-1)!;
}
afterEach(() => {
  for (const path of folders.splice(0)) rmSync(path, { recursive: true });
});
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

test('appends to what is there, and the file is its owner’s alone', async () => {
  const path = join(folder(), 'log');
  writeFileSync(path, 'before ');
  chmodSync(path, 0o644);
  const sink = await fileSink(path);
  await sink(bytes('one '));
  await sink(bytes('two'));
  await sink.close!();
  expect(readFileSync(path, 'utf8')).toBe('before one two');
  expect(statSync(path).mode & 0o777).toBe(0o600);
});

test('a file that cannot be opened, or is a symbolic link, is an error that names it', async () => {
  const dir = folder();
  symlinkSync(join(dir, 'elsewhere'), join(dir, 'link'));
  for (const path of [join(dir, 'link'), join(dir, 'none', 'log'), dir])
    await expect(fileSink(path)).rejects.toMatchObject({ code: 'HEDDLE_RECORDING_FILE', message: expect.stringContaining(path) });
});

test('a second name of a file of somebody, a pipe and a device are refused without waiting', async () => {
  const dir = folder();
  writeFileSync(join(dir, 'theirs'), 'untouched');
  linkSync(join(dir, 'theirs'), join(dir, 'log'));
  execFileSync('mkfifo', [join(dir, 'pipe')]);
  for (const path of [join(dir, 'log'), join(dir, 'pipe'), '/dev/null'])
    await expect(fileSink(path)).rejects.toMatchObject({ code: 'HEDDLE_RECORDING_FILE' });
  expect(readFileSync(join(dir, 'theirs'), 'utf8')).toBe('untouched');
  expect(statSync(join(dir, 'theirs')).mode & 0o777).not.toBe(0o600);
});
