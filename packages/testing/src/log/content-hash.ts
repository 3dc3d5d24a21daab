/** A short hash of the first 64 bytes, in hex: runs that differ in content alone differ in the log. */
export function contentHash(slab: Uint8Array<ArrayBufferLike>, offset: number, length: number): string {
  let hash = 0x811c9dc5;
  const end = offset + Math.min(length, 64);
  for (let i = offset; i < end; i++) hash = Math.imul(hash ^ slab[i]!, 0x01000193);
  return (hash >>> 0).toString(16).padStart(8, '0');
}
