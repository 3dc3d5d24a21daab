import { lstat, readFile, readlink, rename, symlink, unlink, writeFile } from 'node:fs/promises';
import type { DnsConfig } from '@heddle/core';
import type { FileBefore, ResolvChange } from '../pure/journal-text.js';

export const RESOLV_CONF = '/etc/resolv.conf';
/** resolv.conf(5): more are not asked. */
const MOST_SERVERS = 3;

/** What the file of name servers is now, and what it will be. */
export async function planResolvConf(path: string, dns: DnsConfig): Promise<ResolvChange> {
  return { path, before: await stateOf(path), after: resolvText(dns) };
}

export async function applyResolvConf({ path, after }: ResolvChange): Promise<void> {
  await replace(path, (next) => writeFile(next, after, { mode: 0o644 }), after);
}

/** Puts back what was there, unless somebody has changed the file after us. */
export async function restoreResolvConf({ path, before, after }: ResolvChange): Promise<void> {
  if (!isOurs(await stateOf(path), before, after)) return;
  if (before.kind === 'absent') await unlink(path);
  else if (before.kind === 'link') await replace(path, (next) => symlink(before.to, next), '');
  else await replace(path, (next) => writeFile(next, before.text, { mode: 0o644 }), before.text);
}

/** What is written in place may have been cut by a kill, on the way there or back. */
function isOurs(now: FileBefore, before: FileBefore, after: string): boolean {
  if (now.kind !== 'content') return false;
  return after.startsWith(now.text) || (before.kind === 'content' && before.text.startsWith(now.text));
}

export function resolvText({ servers, search }: DnsConfig): string {
  const lines = servers.slice(0, MOST_SERVERS).map((server) => `nameserver ${server}`);
  return [...(search.length > 0 ? [`search ${search.join(' ')}`] : []), ...lines, ''].join('\n');
}

async function stateOf(path: string): Promise<FileBefore> {
  try {
    const entry = await lstat(path);
    if (entry.isSymbolicLink()) return { kind: 'link', to: await readlink(path) };
    return { kind: 'content', text: await readFile(path, 'utf8') };
  } catch (fault) {
    if ((fault as NodeJS.ErrnoException).code === 'ENOENT') return { kind: 'absent' };
    throw fault;
  }
}

/** In one step; where the file is a mount of its own, as in containers, it can only be written in place. */
async function replace(path: string, make: (next: string) => Promise<void>, text: string): Promise<void> {
  const next = `${path}.heddle-next`;
  await unlink(next).catch(() => {});
  try {
    await make(next);
    await rename(next, path);
  } catch (fault) {
    await unlink(next).catch(() => {});
    const { code } = fault as NodeJS.ErrnoException;
    if (code !== 'EBUSY' && code !== 'EROFS' && code !== 'EACCES') throw fault;
    await writeFile(path, text);
  }
}
