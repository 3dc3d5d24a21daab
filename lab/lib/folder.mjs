// @ts-check
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * A folder for the state and the sockets of one program; it vanishes with the row. It is not in the row's own folder, because the path of a
 * Unix socket has at most 107 bytes.
 * @param {import('./lab.mjs').Lab} lab
 * @param {string} word
 * @returns {Promise<string>}
 */
export async function folder(lab, word) {
  const path = await mkdtemp(join(tmpdir(), `${lab.unique(word)}-`));
  lab.defer(() => rm(path, { recursive: true, force: true }));
  return path;
}
