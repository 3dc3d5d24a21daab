// Runs every example as its reader would; it has to end by itself, and well.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { node } from '../launch/run.mjs';
import { members } from '../workspace.mjs';

const SECONDS = 60;
const failed = [];
for (const { folder, path } of members('examples')) {
  console.log(`--- ${folder}`);
  const runs = existsSync(join(path, 'main.mjs')) && (await node(`${folder}/main.mjs`, [], { seconds: SECONDS })) === 0;
  if (!runs) failed.push(folder);
}
console.log(failed.length === 0 ? `${members('examples').length} examples` : `failed, or without main.mjs: ${failed.join(', ')}`);
process.exitCode = failed.length === 0 ? 0 : 1;
