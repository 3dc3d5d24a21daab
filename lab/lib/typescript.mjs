// @ts-check
import { writeFile } from 'node:fs/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/**
 * What TypeScript files of this repository export, also those that no package hands out.
 * @param {import('./lab.mjs').Lab} lab
 * @param {readonly string[]} paths from the root of the repository
 * @returns {Promise<any>}
 */
export async function importSources(lab, paths) {
  const contents = paths.map((path) => `export * from './${path}';`).join('\n');
  const options = /** @type {const} */ ({ bundle: true, write: false, platform: 'node', format: 'esm' });
  const { outputFiles } = await build({ ...options, stdin: { contents, resolveDir: ROOT } });
  const file = lab.path('sources.mjs');
  await writeFile(file, outputFiles[0]?.contents ?? '');
  return import(pathToFileURL(file).href);
}
