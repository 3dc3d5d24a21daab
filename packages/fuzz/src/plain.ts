/** A value as JSON would have it, but with keys in clear, so that two of them can be compared. */
export function plain(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return value;
  if (isSecret(value)) return value.revealHex();
  if (Array.isArray(value)) return value.map(plain);
  if (Object.getPrototypeOf(value) !== Object.prototype) return String(value);
  return Object.fromEntries(Object.entries(value).flatMap(([key, part]) => (part === undefined ? [] : [[key, plain(part)]])));
}

function isSecret(value: object): value is { revealHex(): string } {
  return typeof (value as { revealHex?: unknown }).revealHex === 'function';
}
