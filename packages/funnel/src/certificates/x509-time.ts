import { parseHttpDate } from '../web/http-date.js';

/** As OpenSSL writes it: `Nov  1 20:13:59 2026 GMT`. */
const FORM = /^([A-Z][a-z]{2}) +(\d{1,2}) (\d\d:\d\d:\d\d) (\d{4}) GMT$/;

/** Milliseconds since 1970; undefined: not such a time. */
export function parseX509Time(text: string): number | undefined {
  const [, month, day = '', time, year] = FORM.exec(text) ?? [];
  const seconds = parseHttpDate(`Day, ${day.padStart(2, '0')} ${month} ${year} ${time} GMT`);
  return seconds === undefined ? undefined : seconds * 1_000;
}
