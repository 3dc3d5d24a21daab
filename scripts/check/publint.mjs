// Looks at each tarball as publint does; a warning counts, a suggestion is only printed. Each package has a page for its reader.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import { tarballs } from './tarballs.mjs';

let failures = 0;
for (const { path, manifest, tarball } of tarballs()) {
  const bytes = readFileSync(tarball);
  const packed = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength);
  const { messages } = await publint({ pack: { tarball: /** @type {ArrayBuffer} */ (packed) } });
  for (const message of messages) console.log(`${manifest.name}: ${message.type}: ${formatMessage(message, manifest)}`);
  failures += messages.filter(({ type }) => type !== 'suggestion').length;
  if (existsSync(join(path, 'README.md'))) continue;
  console.log(`${manifest.name}: no README.md`);
  failures += 1;
}
console.log(`${tarballs().length} packages, ${failures} problems`);
process.exitCode = failures === 0 ? 0 : 1;
