import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { bytesOf, fromHex } from './bytes.js';

/** The kept inputs of a parser, in the order of their names: `.hex` is hexadecimal, `.txt` is the input itself. */
export function readCorpus(folder: string, parser: string): readonly Uint8Array[] {
  const own = join(folder, parser);
  const names = existsSync(own) ? readdirSync(own).sort() : [];
  return names.filter((name) => /\.(hex|txt)$/.test(name)).map((name) => readInput(join(own, name)));
}

function readInput(path: string): Uint8Array {
  const text = readFileSync(path, 'latin1');
  return path.endsWith('.hex') ? fromHex(text) : bytesOf(text);
}
