// @ts-check
import { mkdir } from 'node:fs/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const ROOT = new URL('../../', import.meta.url);

/**
 * A rig of the netstack's own tests, bundled with the stack it is about; the packages below it are the built ones.
 * @param {string} name of a file in packages/stack-netstack/test
 * @returns {Promise<Record<string, any>>}
 */
export async function netstackModule(name) {
  const outfile = fileURLToPath(new URL(`bench/.results/netstack/${name}-${process.pid}.mjs`, ROOT));
  await mkdir(fileURLToPath(new URL('bench/.results/netstack/', ROOT)), { recursive: true });
  await build({
    entryPoints: [fileURLToPath(new URL(`packages/stack-netstack/test/${name}.ts`, ROOT))],
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    external: ['@heddle/*', 'rxjs'],
    outfile,
  });
  return import(pathToFileURL(outfile).href);
}
