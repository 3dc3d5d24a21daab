/** A part of a file: first and last byte. */
export interface ByteRange {
  readonly first: number;
  readonly last: number;
}

/**
 * RFC 9110 14.2, one range only. `whole`: no range was asked for, or several or none that can be read, and the whole may be sent. `none`: it lies
 * beyond the end (416).
 */
export function parseRange(header: string | undefined, size: number): ByteRange | 'whole' | 'none' {
  const match = /^bytes=(\d{0,15})-(\d{0,15})$/.exec((header ?? '').replaceAll(' ', ''));
  if (match === null || (match[1] === '' && match[2] === '')) return 'whole';
  if (match[1] === '') return suffix(Number(match[2]), size);
  const first = Number(match[1]);
  const last = match[2] === '' ? size - 1 : Math.min(Number(match[2]), size - 1);
  if (match[2] !== '' && Number(match[2]) < first) return 'whole';
  return first >= size ? 'none' : { first, last };
}

function suffix(length: number, size: number): ByteRange | 'none' {
  return length === 0 || size === 0 ? 'none' : { first: Math.max(0, size - length), last: size - 1 };
}
