// @ts-check
import { readFile } from 'node:fs/promises';
import { transform } from 'esbuild';

/**
 * A module that no package publishes, from its TypeScript source. It may import nothing but types.
 * @param {string} path from the root
 * @returns {Promise<Record<string, any>>}
 */
export async function sourceModule(path) {
  const source = await readFile(new URL(`../../${path}`, import.meta.url), 'utf8');
  const { code } = await transform(source, { loader: 'ts', format: 'esm', target: 'node20' });
  return import(`data:text/javascript;base64,${Buffer.from(code).toString('base64')}`);
}
