/** RFC 9110 5.6.7, the form that everybody sends: `Sun, 06 Nov 1994 08:49:37 GMT`. */
const FORM = /^[A-Z][a-z]{2}, (\d\d) ([A-Z][a-z]{2}) (\d{4}) (\d\d):(\d\d):(\d\d) GMT$/;
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** Seconds since 1970; undefined: not such a date. */
export function parseHttpDate(text: string): number | undefined {
  const match = FORM.exec(text);
  const month = MONTHS.indexOf(match?.[2] ?? '');
  if (match === null || month < 0) return undefined;
  const [day, year, hours, minutes, seconds] = [1, 3, 4, 5, 6].map((i) => Number(match[i]));
  return daysSince1970(year!, month + 1, day!) * 86_400 + hours! * 3600 + minutes! * 60 + seconds!;
}

/** Counts years from March, so that the leap day is the last of a year. */
function daysSince1970(year: number, month: number, day: number): number {
  const y = month > 2 ? year : year - 1;
  const leapDays = Math.floor(y / 4) - Math.floor(y / 100) + Math.floor(y / 400);
  const dayOfYear = Math.floor((153 * ((month + 9) % 12) + 2) / 5) + day - 1;
  return y * 365 + leapDays + dayOfYear - 719_468;
}
