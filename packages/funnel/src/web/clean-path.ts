/** The shortest path that means the same: no `.`, no `..`, no doubled slashes, and none at the end. Beyond the root there is nothing. */
export function cleanPath(path: string): string {
  const kept: string[] = [];
  for (const part of path.split('/')) {
    if (part === '..') kept.pop();
    else if (part !== '' && part !== '.') kept.push(part);
  }
  const rooted = path.startsWith('/') ? '/' : '';
  return rooted + kept.join('/') || '.';
}
