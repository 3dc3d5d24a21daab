/** Where a request goes at its target: the target's own path, then what is below the mount, joined by one slash; queries by `&`. */
export function upstreamPath(target: { readonly path: string; readonly query: string }, rest: string, query: string): string {
  const path = rest === '' ? target.path : `${target.path.replace(/\/$/, '')}${rest}`;
  const joined = target.query !== '' && query.length > 1 ? `${target.query}&${query.slice(1)}` : target.query || query;
  return (path === '' ? '/' : path) + joined;
}
