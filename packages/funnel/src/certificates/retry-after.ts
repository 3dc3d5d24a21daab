import { parseHttpDate } from '../web/http-date.js';

/** Milliseconds that a Retry-After header asks for: seconds, or a date. 0: none that can be read. */
export function readRetryAfter(header: string | undefined, wall: number): number {
  if (header === undefined) return 0;
  if (/^\d{1,9}$/.test(header)) return Number(header) * 1_000;
  const seconds = parseHttpDate(header);
  return seconds === undefined ? 0 : Math.max(0, seconds * 1_000 - wall);
}
