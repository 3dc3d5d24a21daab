/*
 *   0    5  8  11 14 17 19
 *   2026-08-22T10:11:12.345678901+02:00      (or Z)
 */
const FORM = /^\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:[Zz]|[+-]\d\d:\d\d)$/;
const OFFSET = 6;
const DAYS_BEFORE_MONTH = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334];
const DAYS_BEFORE_1970 = 719_162;
const DAY = 86_400_000;
const YEAR_10000 = 253_402_300_800_000;
const MINUTE = 60_000;

/** Milliseconds since 1970. Undefined for what is no time, and for a time in year 1, by which Go means "never" and "not set". */
export function parseTime(text: string): number | undefined {
  if (!FORM.test(text)) return undefined;
  const [year, month, day] = [digits(text, 0, 4), digits(text, 5, 7), digits(text, 8, 10)];
  const [hour, minute, second] = [digits(text, 11, 13), digits(text, 14, 16), digits(text, 17, 19)];
  if (year <= 1 || month < 1 || month > 12 || day < 1 || day > daysIn(year, month)) return undefined;
  if (hour > 23 || minute > 59 || second > 60) return undefined;
  const minutes = hour * 60 + minute - offsetMinutes(text);
  return daysSince1970(year, month, day) * DAY + minutes * MINUTE + second * 1000 + thousandths(text);
}

/** The value of the digits from one place to another; stops before what is no digit. */
function digits(text: string, from: number, to: number): number {
  let value = 0;
  for (let at = from; at < to && isDigit(text, at); at++) value = value * 10 + text.charCodeAt(at) - 0x30;
  return value;
}

function isDigit(text: string, at: number): boolean {
  return text.charCodeAt(at) >= 0x30 && text.charCodeAt(at) <= 0x39;
}

function thousandths(text: string): number {
  if (text[19] !== '.') return 0;
  let count = 0;
  while (count < 3 && isDigit(text, 20 + count)) count++;
  return digits(text, 20, 23) * 10 ** (3 - count);
}

function offsetMinutes(text: string): number {
  const at = text.length - OFFSET;
  if (text.endsWith('Z') || text.endsWith('z')) return 0;
  const minutes = digits(text, at + 1, at + 3) * 60 + digits(text, at + 4, at + 6);
  return text[at] === '-' ? -minutes : minutes;
}

/** The text of a time in UTC, with milliseconds; times outside of years 2 to 9999 are undefined. */
export function formatTime(milliseconds: number): string | undefined {
  if (!(milliseconds >= daysSince1970(2, 1, 1) * DAY && milliseconds < YEAR_10000)) return undefined;
  const days = Math.floor(milliseconds / DAY);
  const year = yearOf(days);
  const left = days - daysSince1970(year, 1, 1);
  let month = 12;
  while (daysSince1970(year, month, 1) - daysSince1970(year, 1, 1) > left) month--;
  const day = days - daysSince1970(year, month, 1) + 1;
  const inDay = milliseconds - days * DAY;
  const clock = [Math.floor(inDay / 3_600_000), Math.floor(inDay / MINUTE) % 60, Math.floor(inDay / 1000) % 60]
    .map((n) => pad(n, 2))
    .join(':');
  return `${pad(year, 4)}-${pad(month, 2)}-${pad(day, 2)}T${clock}.${pad(Math.floor(inDay % 1000), 3)}Z`;
}

function isLeap(year: number): boolean {
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
}

function daysIn(year: number, month: number): number {
  if (month === 2) return isLeap(year) ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

function daysSince1970(year: number, month: number, day: number): number {
  const y = year - 1;
  const leapDays = Math.floor(y / 4) - Math.floor(y / 100) + Math.floor(y / 400);
  const thisYear = DAYS_BEFORE_MONTH[month - 1]! + (month > 2 && isLeap(year) ? 1 : 0) + day - 1;
  return y * 365 + leapDays + thisYear - DAYS_BEFORE_1970;
}

/** The year in which a day since 1970 lies. */
function yearOf(days: number): number {
  let year = 1970 + Math.floor(days / 365.2425);
  while (daysSince1970(year, 1, 1) > days) year--;
  while (daysSince1970(year + 1, 1, 1) <= days) year++;
  return year;
}

function pad(value: number, digits: number): string {
  return String(value).padStart(digits, '0');
}
