import { cleanPath } from './clean-path.js';

export interface Found<T> {
  /** The mount point as it was configured. */
  readonly mount: string;
  readonly target: T;
}

/**
 * The mount for a decoded path, as Tailscale's serve finds it: the path itself; else the longest mount that is the cleaned path or a folder above
 * it. `/a` and `/a/` are both mounts for `/a/b`, and none for `/ab`.
 */
export function findMount<T>(mounts: ReadonlyMap<string, T>, path: string): Found<T> | undefined {
  const exact = mounts.get(path);
  if (exact !== undefined) return { mount: path, target: exact };
  const clean = cleanPath(path);
  if (!clean.startsWith('/')) return undefined;
  for (let at = atMost(clean, longestOf(mounts)); ; at = folderOf(at)) {
    for (const mount of [`${at}/`, at]) {
      const target = mounts.get(mount);
      if (target !== undefined) return { mount, target };
    }
    if (at === '/') return undefined;
  }
}

function folderOf(path: string): string {
  return path.slice(0, Math.max(1, path.lastIndexOf('/')));
}

/** The path itself or the longest folder above it that has no more characters: a visitor may name ten thousand folders, and we no mount so deep. */
function atMost(path: string, longest: number): string {
  return path.length <= longest ? path : path.slice(0, Math.max(1, path.lastIndexOf('/', longest)));
}

function longestOf(mounts: ReadonlyMap<string, unknown>): number {
  let longest = 0;
  for (const mount of mounts.keys()) longest = Math.max(longest, mount.length);
  return longest;
}

/**
 * The rest of a raw (still encoded) path below its mount point, empty or beginning with a slash; undefined: as it is written it does not lie there
 * (`/public/../private`), and what it means to the target is not known, or it leads above the mount (`/../secret`).
 */
export function belowMount(rawPath: string, mount: string): string | undefined {
  const rest = restBelow(rawPath, mount);
  return rest === undefined || climbs(rest) ? undefined : rest;
}

/** Also as a target reads it that takes a backslash for a slash. */
function climbs(rest: string): boolean {
  let depth = 0;
  for (const part of rest
    .replace(/%2f|%5c|\\/gi, '/')
    .replace(/%2e/gi, '.')
    .split('/')) {
    depth += part === '..' ? -1 : part === '' || part === '.' ? 0 : 1;
    if (depth < 0) return true;
  }
  return false;
}

function restBelow(rawPath: string, mount: string): string | undefined {
  const prefix = mount.replace(/\/$/, '');
  for (const way of [prefix, encodeURI(prefix)]) {
    if (!rawPath.startsWith(way)) continue;
    const rest = rawPath.slice(way.length);
    if (rest === '' || rest.startsWith('/')) return rest;
  }
  return undefined;
}
