import { readFile } from 'node:fs/promises';
import { ControlFault } from '../dial/fault.js';
import { isAuthKey } from '../options.js';

/** The auth key in a file. What is in the file is never repeated, also not when it is no key. */
export async function readAuthKeyFile(path: string): Promise<string> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new ControlFault('HEDDLE_TS2021_AUTH_KEY_FILE', `the auth key could not be read from ${path}: ${error.code ?? 'unknown'}`);
  });
  const key = text.trim();
  if (isAuthKey(key)) return key;
  throw new ControlFault('HEDDLE_TS2021_AUTH_KEY_FILE', `${path} holds no auth key`);
}
