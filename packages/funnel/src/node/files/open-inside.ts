import { constants } from 'node:fs';
import { type FileHandle, open, realpath, stat } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { cleanPath } from '../../web/clean-path.js';

/** Something below a root, opened if it is a file. */
export type Inside =
  | { readonly kind: 'file'; readonly path: string; readonly handle: FileHandle }
  | { readonly kind: 'folder'; readonly path: string };

/** What lies at a decoded path below `root`, followed through links; undefined: nothing that may be shown, also when a link leads out of the root. */
export async function openInside(root: string, path: string): Promise<Inside | undefined> {
  try {
    const base = await realpath(root);
    const real = path === '' ? base : await realpath(join(base, cleanPath(`/${path}`)));
    if (real !== base && !real.startsWith(base.endsWith(sep) ? base : base + sep)) return undefined;
    const what = await stat(real);
    if (what.isDirectory()) return { kind: 'folder', path: real };
    return what.isFile() ? { kind: 'file', path: real, handle: await openFile(real) } : undefined;
  } catch {
    return undefined;
  }
}

/** A link that was put there since is not followed. */
function openFile(path: string): Promise<FileHandle> {
  return open(path, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0));
}
