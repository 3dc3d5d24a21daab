/** The two digits of each byte: Node takes long over the digits of a number of 32 bits. */
const DIGITS: readonly string[] = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

/** A short hash of the first 64 bytes, in hex: runs that differ in content alone differ in the log. */
export function contentHash(slab: Uint8Array<ArrayBufferLike>, offset: number, length: number): string {
  let hash = 0x811c9dc5 | 0;
  const end = offset + Math.min(length, 64);
  for (let i = offset; i < end; i++) hash = Math.imul(hash ^ slab[i]!, 0x01000193);
  return `${DIGITS[hash >>> 24]}${DIGITS[(hash >>> 16) & 0xff]}${DIGITS[(hash >>> 8) & 0xff]}${DIGITS[hash & 0xff]}`;
}
