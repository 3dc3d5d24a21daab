// @ts-check
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { command } from './command.mjs';

const MODULE = fileURLToPath(new URL('../../interop/', import.meta.url));

/**
 * The path of a file that comes with a pinned Go module.
 * @param {string} name
 * @param {string} file
 */
export async function moduleFile(name, file) {
  const env = { ...process.env, GOTOOLCHAIN: 'local' };
  const folder = await command(['go', '-C', MODULE, 'list', '-m', '-f', '{{.Dir}}', name], { env, deadline: 60_000 });
  return join(folder.trim(), file);
}
