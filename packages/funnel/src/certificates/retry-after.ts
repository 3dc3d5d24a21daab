/** Milliseconds that a Retry-After header asks for: seconds, or a date. 0: none that can be read. */
export function readRetryAfter(header: string | undefined, wall: number): number {
  if (header === undefined) return 0;
  if (/^\d{1,9}$/.test(header)) return Number(header) * 1_000;
  const date = Date.parse(header);
  return Number.isNaN(date) ? 0 : Math.max(0, date - wall);
}
