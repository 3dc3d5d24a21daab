/*
 * Sequence numbers, RFC 9293 section 3.4: unsigned 32 bits, compared modulo 2^32. Everything about them goes through here, so that no
 * comparison of a peer's number is ever done with `<`.
 */

/** How far `to` lies behind `from`; negative when it lies before. Right for distances below 2^31. */
export function distance(from: number, to: number): number {
  return (to - from) | 0;
}

export function advance(sequence: number, by: number): number {
  return (sequence + by) >>> 0;
}

export function isBefore(a: number, b: number): boolean {
  return ((a - b) | 0) < 0;
}

export function isAfter(a: number, b: number): boolean {
  return ((a - b) | 0) > 0;
}

/** The one that comes later. */
export function latest(a: number, b: number): number {
  return ((a - b) | 0) >= 0 ? a : b;
}

/** The one that comes first. */
export function earliest(a: number, b: number): number {
  return ((a - b) | 0) <= 0 ? a : b;
}
