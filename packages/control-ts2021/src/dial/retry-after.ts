import { parseTime } from '../map/rfc3339.js';

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
/** `Sun, 06 Nov 1994 08:49:37 GMT` (RFC 9110 section 5.6.7). */
const HTTP_DATE = /^[A-Z][a-z]{2}, (\d\d) ([A-Z][a-z]{2}) (\d{4}) (\d\d:\d\d:\d\d) GMT$/;
const HOUR = 3_600_000;

/** `Retry-After` in milliseconds: seconds or an HTTP date. What is no wait, or one of more than an hour, counts as not there. */
export function readRetryAfter(text: string | undefined, wallNow: number): number | undefined {
  if (text === undefined) return undefined;
  const wait = /^\d{1,6}$/.test(text.trim()) ? Number(text) * 1_000 : (readHttpDate(text.trim()) ?? Number.NaN) - wallNow;
  return wait >= 0 && wait <= HOUR ? wait : undefined;
}

function readHttpDate(text: string): number | undefined {
  const [, day, name, year, time] = HTTP_DATE.exec(text) ?? [];
  const month = MONTHS.indexOf(name ?? '') + 1;
  return month === 0 ? undefined : parseTime(`${year}-${String(month).padStart(2, '0')}-${day}T${time}Z`);
}
