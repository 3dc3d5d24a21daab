/** True when two of our own values say the same: texts, numbers, bytes, and lists, maps and plain objects of them. */
export function sameValue(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a) || a instanceof Uint8Array) return isListLike(b) && sameItems(a, b);
  if (a instanceof Map) return b instanceof Map && sameEntries(a, b);
  return !isListLike(b) && !(b instanceof Map) && sameMembers(a, b);
}

/** The value from before where the one now says the same, so that only one of them is kept. */
export function lent<T>(before: T | undefined, now: T): T {
  return before !== undefined && sameValue(before, now) ? before : now;
}

type ListLike = { readonly length: number; readonly [index: number]: unknown };

function isListLike(value: object): value is ListLike {
  return Array.isArray(value) || value instanceof Uint8Array;
}

function sameItems(a: ListLike, b: ListLike): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (!sameValue(a[i], b[i])) return false;
  return true;
}

function sameEntries(a: ReadonlyMap<unknown, unknown>, b: ReadonlyMap<unknown, unknown>): boolean {
  if (a.size !== b.size) return false;
  for (const [key, value] of a) if (!b.has(key) || !sameValue(value, b.get(key))) return false;
  return true;
}

/** A member that is undefined is as good as none. */
function sameMembers(a: object, b: object): boolean {
  const x = a as { readonly [key: string]: unknown };
  const y = b as { readonly [key: string]: unknown };
  for (const key in x) if (!sameValue(x[key], y[key])) return false;
  for (const key in y) if (y[key] !== undefined && x[key] === undefined) return false;
  return true;
}
