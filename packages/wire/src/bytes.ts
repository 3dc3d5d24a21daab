/** Any byte array, on plain or shared memory. */
export type Bytes = Uint8Array<ArrayBufferLike>;

/** Big-endian. Past the end it reads zeros: callers check the length once, at the top. */
export function readU16(b: Bytes, at: number): number {
  return (b[at]! << 8) | b[at + 1]!;
}

/** Big-endian, unsigned. */
export function readU32(b: Bytes, at: number): number {
  return ((b[at]! << 24) | (b[at + 1]! << 16) | (b[at + 2]! << 8) | b[at + 3]!) >>> 0;
}

/** Little-endian, unsigned. */
export function readU32le(b: Bytes, at: number): number {
  return ((b[at + 3]! << 24) | (b[at + 2]! << 16) | (b[at + 1]! << 8) | b[at]!) >>> 0;
}

/** Big-endian; higher bits of the value are dropped. */
export function writeU16(b: Bytes, at: number, value: number): void {
  b[at] = value >>> 8;
  b[at + 1] = value;
}

/** Big-endian, modulo 2^32. */
export function writeU32(b: Bytes, at: number, value: number): void {
  b[at] = value >>> 24;
  b[at + 1] = value >>> 16;
  b[at + 2] = value >>> 8;
  b[at + 3] = value;
}

/** Little-endian, modulo 2^32. */
export function writeU32le(b: Bytes, at: number, value: number): void {
  b[at] = value;
  b[at + 1] = value >>> 8;
  b[at + 2] = value >>> 16;
  b[at + 3] = value >>> 24;
}
