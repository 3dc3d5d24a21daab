// @ts-check
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rename } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { command } from './lib/command.mjs';

const MODULE = fileURLToPath(new URL('../interop/', import.meta.url));
const BUILD_LIMIT = 10 * 60_000;

/** What `go build` makes of the module in interop/: name of the program, and its package. */
const PACKAGES = /** @type {const} */ ({
  codec: './codec',
  echo: './echo',
  flood: './flood',
  wire: './wire',
  wireguard: 'golang.zx2c4.com/wireguard',
});

/**
 * The path of a program of interop/, built now if its sources have changed since the last time.
 * @param {keyof typeof PACKAGES} name
 * @returns {Promise<string>}
 */
export async function program(name) {
  const folder = join(MODULE, '.cache', await fingerprint());
  const path = join(folder, name);
  if (!existsSync(path)) await build(PACKAGES[name], path);
  return path;
}

/** Builds every program, so that no row pays for it. */
export async function buildAll() {
  for (const name of /** @type {(keyof typeof PACKAGES)[]} */ (Object.keys(PACKAGES))) await program(name);
}

/**
 * @param {string} what
 * @param {string} path
 */
async function build(what, path) {
  await mkdir(dirname(path), { recursive: true });
  const partial = `${path}.${process.pid}`;
  const env = { ...process.env, GOTOOLCHAIN: 'local', CGO_ENABLED: '0' };
  await command(['go', 'build', '-C', MODULE, '-trimpath', '-o', partial, what], { env, deadline: BUILD_LIMIT });
  await rename(partial, path); // two runs at once each see all of a program or nothing
}

async function fingerprint() {
  const hash = createHash('sha256');
  const names = await readdir(MODULE, { recursive: true });
  for (const name of names.filter((one) => !one.startsWith('.cache') && /(\.go|go\.mod|go\.sum)$/.test(one)).sort()) {
    hash.update(name).update(await readFile(join(MODULE, name)));
  }
  return hash.digest('hex').slice(0, 16);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await buildAll();
