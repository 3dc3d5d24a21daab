import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder of the whole project, with a slash at its end. */
export const ROOT = fileURLToPath(new URL('../', import.meta.url));

/** Where scripts keep what can be made again. */
export const CACHE = join(ROOT, 'node_modules/.cache/heddle');

/**
 * @typedef {{ name: string, version: string, private?: boolean, exports?: Record<string, string | { default: string }>,
 *   scripts?: Record<string, string>, dependencies?: Record<string, string>, devDependencies?: Record<string, string>,
 *   peerDependencies?: Record<string, string>, bundled?: string[] }} Manifest
 * @typedef {{ folder: string, path: string, manifest: Manifest }} Member
 */

/**
 * The packages in `packages/` or `examples/`, in the order of their names.
 * @param {'packages' | 'examples'} kind
 * @returns {Member[]}
 */
export function members(kind) {
  const names = existsSync(join(ROOT, kind)) ? readdirSync(join(ROOT, kind)).sort() : [];
  return names
    .map((name) => `${kind}/${name}`)
    .filter((folder) => existsSync(join(ROOT, folder, 'package.json')))
    .map((folder) => ({ folder, path: join(ROOT, folder), manifest: readJson(join(ROOT, folder, 'package.json')) }));
}

/** What is published. */
export function publicPackages() {
  return members('packages').filter(({ manifest }) => manifest.private !== true);
}

/**
 * Each published name of a package with the file in src that it is built from.
 * @param {Member} member
 * @returns {{ specifier: string, entry: string, source: string }[]}
 */
export function publishedNames({ folder, manifest }) {
  return Object.entries(manifest.exports ?? {})
    .map(([subpath, target]) => /** @type {const} */ ([subpath, typeof target === 'string' ? target : target.default]))
    .filter(([, file]) => file.startsWith('./dist/') && file.endsWith('.js'))
    .map(([subpath, file]) => {
      const entry = file.slice('./dist/'.length, -'.js'.length);
      return { specifier: manifest.name + subpath.slice(1), entry, source: `${folder}/src/${entry}.ts` };
    });
}

/** @param {string} path */
export function readJson(path) {
  return JSON.parse(readFileSync(path, 'utf8'));
}
