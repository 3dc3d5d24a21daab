// environment: writes and reads dates, and no clock

/** Go's zero time: not set. */
const YEAR_ONE = '0001-01-01T00:00:00Z';

/** Wall-clock milliseconds as the protocol writes them: 2026-01-02T03:04:05.678Z. */
export function timeText(wall: number): string {
  return new Date(wall).toISOString();
}

/** Wall-clock milliseconds; undefined for what is no time, and for the time that means "not set". */
export function readTime(text: string | undefined): number | undefined {
  const time = text === undefined || text === YEAR_ONE ? Number.NaN : Date.parse(text);
  return Number.isNaN(time) ? undefined : time;
}
