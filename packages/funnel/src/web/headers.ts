/** Headers as a flat list of names and values, in the order in which they came. */
export type RawHeaders = readonly string[];

export type HeaderPair = readonly [name: string, value: string];

/** RFC 9110 7.6.1, and what clients send besides: for this connection only. */
const HOP_BY_HOP: ReadonlySet<string> = new Set([
  'connection',
  'proxy-connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'http2-settings',
]);

/** Where a body ends, and whom a message is for: a sender who could have these taken out would have its body read as a message of its own. */
const NEVER_NAMED: ReadonlySet<string> = new Set(['content-length', 'host']);

/** Who says from where a request came is this node, and nobody before it. */
const FORWARDED: ReadonlySet<string> = new Set(['forwarded', 'x-forwarded-for', 'x-forwarded-host', 'x-forwarded-proto']);

export function pairsOf(raw: RawHeaders): HeaderPair[] {
  const pairs: HeaderPair[] = [];
  for (let i = 0; i + 1 < raw.length; i += 2) pairs.push([raw[i]!, raw[i + 1]!]);
  return pairs;
}

/** Without what concerns the one connection, named in the standard or by the sender itself, and without the pseudo-headers of HTTP/2. */
export function endToEnd(pairs: readonly HeaderPair[]): HeaderPair[] {
  const named = new Set(valuesOf(pairs, 'connection').flatMap(tokensOf));
  return pairs.filter(([name]) => {
    const lower = name.toLowerCase();
    return !HOP_BY_HOP.has(lower) && (!named.has(lower) || NEVER_NAMED.has(lower)) && !name.startsWith(':');
  });
}

/**
 * Without what a visitor must not say of itself: `Tailscale-…`, and where it came from. Whatever is neither letter nor digit counts as a dash,
 * because programs behind CGI and WSGI cannot tell a dash from an underscore, and PHP neither from a dot.
 */
export function withoutClaims(pairs: readonly HeaderPair[]): HeaderPair[] {
  return pairs.filter(([name]) => !isClaim(name));
}

export function isClaim(name: string): boolean {
  const plain = name.toLowerCase().replace(/[^a-z0-9]/g, '-');
  return plain.startsWith('tailscale-') || FORWARDED.has(plain);
}

/** All values of a header. */
export function valuesOf(pairs: readonly HeaderPair[], wanted: string): string[] {
  return pairs.filter(([name]) => name.toLowerCase() === wanted).map(([, value]) => value);
}

/** The comma-separated words of a value, in lower case. */
export function tokensOf(value: string): string[] {
  return value
    .split(',')
    .map((word) => word.trim().toLowerCase())
    .filter((word) => word !== '');
}

/** As Node takes headers: one key each, several values as a list. */
export function headerRecord(pairs: readonly HeaderPair[]): Record<string, string | string[]> {
  const values = new Map<string, { readonly name: string; readonly all: string[] }>();
  for (const [name, value] of pairs) {
    const entry = values.get(name.toLowerCase()) ?? { name, all: [] };
    entry.all.push(value);
    values.set(name.toLowerCase(), entry);
  }
  const record: Record<string, string | string[]> = Object.create(null);
  for (const { name, all } of values.values()) record[name] = all.length === 1 ? all[0]! : all;
  return record;
}

/** As HTTP/2 takes them: several values of a name in one line, because of most it wants no more, but for cookies, which cannot be joined. */
export function streamRecord(pairs: readonly HeaderPair[]): Record<string, string | string[]> {
  const record = headerRecord(pairs);
  for (const [name, value] of Object.entries(record))
    if (Array.isArray(value) && name.toLowerCase() !== 'set-cookie') record[name] = value.join(', ');
  return record;
}
