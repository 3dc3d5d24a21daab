/** What a request asks for, from its first line. */
export interface RequestTarget {
  /** As it was sent; begins with a slash. */
  readonly rawPath: string;
  /** Decoded. */
  readonly path: string;
  /** With the question mark, or empty. */
  readonly query: string;
}

/** Undefined: not a path, or one that cannot be decoded. A whole URL, as sent to proxies, is taken for its path. */
export function parseRequestTarget(text: string): RequestTarget | undefined {
  const local = text.replace(/^https?:\/\/[^/?#]*/i, '');
  const split = local.indexOf('?');
  const rawPath = (split < 0 ? local : local.slice(0, split)) || (local === text ? '' : '/');
  const path = rawPath.startsWith('/') ? decoded(rawPath) : undefined;
  if (path === undefined || path.includes('\0')) return undefined;
  return { rawPath, path, query: split < 0 ? '' : local.slice(split) };
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
