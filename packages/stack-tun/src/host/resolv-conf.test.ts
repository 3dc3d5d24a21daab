import { lstat, mkdtemp, readFile, readlink, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { applyResolvConf, planResolvConf, restoreResolvConf } from './resolv-conf.js';

const DNS = { servers: ['10.0.0.53', 'fd00::53'], search: ['tail.example'] };
const BEFORE = 'nameserver 192.0.2.53\n';

let folder = '';
let path = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'heddle-resolv-'));
  path = join(folder, 'resolv.conf');
});
afterEach(() => rm(folder, { recursive: true }));

describe('the file of name servers', () => {
  test('gets ours, at most three, and is put back', async () => {
    await writeFile(path, BEFORE);
    const change = await planResolvConf(path, { ...DNS, servers: ['10.0.0.1', '10.0.0.2', '10.0.0.3', '10.0.0.4'] });
    await applyResolvConf(change);
    expect(await readFile(path, 'utf8')).toBe('search tail.example\nnameserver 10.0.0.1\nnameserver 10.0.0.2\nnameserver 10.0.0.3\n');
    await restoreResolvConf(change);
    expect(await readFile(path, 'utf8')).toBe(BEFORE);
  });

  test('that was a link is a link again, and what it pointed to was not touched', async () => {
    const target = join(folder, 'stub');
    await writeFile(target, BEFORE);
    await symlink('stub', path);
    const change = await planResolvConf(path, DNS);
    await applyResolvConf(change);
    expect(await readFile(target, 'utf8')).toBe(BEFORE);
    await restoreResolvConf(change);
    expect(await readlink(path)).toBe('stub');
  });

  test('that was not there is not there again', async () => {
    const change = await planResolvConf(path, DNS);
    await applyResolvConf(change);
    await restoreResolvConf(change);
    await expect(lstat(path)).rejects.toMatchObject({ code: 'ENOENT' });
  });

  test('that somebody else has changed meanwhile is left to them', async () => {
    await writeFile(path, BEFORE);
    const change = await planResolvConf(path, DNS);
    await applyResolvConf(change);
    await writeFile(path, 'nameserver 198.51.100.1\n');
    await restoreResolvConf(change);
    expect(await readFile(path, 'utf8')).toBe('nameserver 198.51.100.1\n');
  });

  test('that a kill has cut, on the way there or back, is put back', async () => {
    await writeFile(path, BEFORE);
    const change = await planResolvConf(path, DNS);
    for (const cut of ['', change.after.slice(0, 9), BEFORE.slice(0, 5)]) {
      await writeFile(path, cut);
      await restoreResolvConf(change);
      expect(await readFile(path, 'utf8')).toBe(BEFORE);
    }
  });
});
