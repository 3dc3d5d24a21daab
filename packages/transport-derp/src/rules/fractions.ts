import type { Random } from '@heddle/core';

/** Numbers from 0 to 1, 1 excluded, of a source of bytes. */
export function fractions(random: Random): () => number {
  const bytes = new Uint8Array(4);
  return () => {
    random.fill(bytes);
    return (((bytes[0]! << 24) | (bytes[1]! << 16) | (bytes[2]! << 8) | bytes[3]!) >>> 0) / 2 ** 32;
  };
}
