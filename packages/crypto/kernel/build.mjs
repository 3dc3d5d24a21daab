// Builds the packet kernel from AssemblyScript into src/wasm-kernel.generated.ts. With --check it writes nothing and fails when the committed file is
// not what the sources give, byte for byte. HEDDLE_ASSEMBLYSCRIPT names another compiler (the path of its asc.js) than the installed one.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const HERE = fileURLToPath(new URL('.', import.meta.url));
const TARGET = join(HERE, '../src/wasm-kernel.generated.ts');
/** No runtime, no collector, no data segments: functions over memory that the package brings. */
const OPTIONS =
  '--runtime stub --importMemory --noExportMemory --initialMemory 1 --maximumMemory 65536 --enable simd --noAssert -O3 --converge';

const generated = textOf(await compile());
if (!process.argv.includes('--check')) writeFileSync(TARGET, generated);
else if (readFileSync(TARGET, 'utf8') !== generated) {
  console.error(
    'src/wasm-kernel.generated.ts is not what kernel/assembly gives: run node packages/crypto/kernel/build.mjs and commit the result',
  );
  process.exitCode = 1;
}

/** @returns {Promise<Uint8Array>} */
async function compile() {
  const compiler = process.env.HEDDLE_ASSEMBLYSCRIPT;
  const asc = await import(compiler === undefined ? 'assemblyscript/asc' : pathToFileURL(compiler).href);
  /** @type {Uint8Array | undefined} */
  let binary;
  const { error, stderr } = await asc.main(
    ['index.ts', '--outFile', 'kernel.wasm', '--baseDir', join(HERE, 'assembly'), ...OPTIONS.split(' ')],
    {
      writeFile: (/** @type {string} */ _name, /** @type {Uint8Array} */ contents) => {
        binary = contents;
      },
    },
  );
  if (error || binary === undefined) throw new Error(`the kernel does not compile:\n${stderr.toString()}`, { cause: error });
  return binary;
}

/** @param {Uint8Array} binary */
function textOf(binary) {
  return [
    '// Made by kernel/build.mjs from kernel/assembly. Do not edit.',
    `/** The packet kernel: a WebAssembly module of ${binary.length} bytes, in base64. */`,
    'export const WASM_KERNEL: string =',
    `  '${Buffer.from(binary).toString('base64')}';`,
    '',
  ].join('\n');
}
