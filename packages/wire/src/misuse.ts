import type { Bytes } from './bytes.js';

/** Code of every error that this package throws: a caller handed in a value that has no wire form, or a buffer without room for it. */
export const WIRE_MISUSE = 'HEDDLE_WIRE_MISUSE';

/** Only for mistakes of the calling program. Bytes from the network never lead here. */
export function misuse(message: string): Error {
  return Object.assign(new RangeError(message), { code: WIRE_MISUSE });
}

/** Throws unless `size` bytes fit into the buffer at `at`. */
export function requireRoom(into: Bytes, at: number, size: number, what: string): void {
  if (at >= 0 && at + size <= into.length) return;
  throw misuse(`${what} needs ${size} bytes at offset ${at} and the buffer has ${into.length}; give a larger one`);
}

/** Copies a field of fixed size; throws when the value has another size. */
export function putField(into: Bytes, at: number, size: number, value: Bytes, what: string): void {
  if (value.length !== size) throw misuse(`${what} must be ${size} bytes, not ${value.length}`);
  into.set(value, at);
}
