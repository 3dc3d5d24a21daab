// Checks that types resolve to what runs, for every published name, as "Are the types wrong?" does for packages that are ESM only.
import { node } from '../launch/run.mjs';
import { tarballs } from './tarballs.mjs';

let failures = 0;
for (const { tarball } of tarballs()) {
  const failed = await node('node_modules/@arethetypeswrong/cli/dist/index.js', [
    tarball,
    '--profile',
    'esm-only',
    '--format',
    'ascii',
    '--quiet',
  ]);
  if (failed !== 0) {
    failures += 1;
    await node('node_modules/@arethetypeswrong/cli/dist/index.js', [tarball, '--profile', 'esm-only', '--format', 'ascii']);
  }
}
console.log(`${tarballs().length} packages, ${failures} with wrong types`);
process.exitCode = failures === 0 ? 0 : 1;
