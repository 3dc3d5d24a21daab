import type { Bytes } from '@heddle/core';

/**
 * Takes what is recorded, piece by piece and in order. The chunk is lent until the call returns, or until the promise that it returns is settled;
 * until then nothing more comes. A chunk over which it throws or rejects is lost and counted, and the next one is tried.
 */
export interface Sink {
  (chunk: Bytes): void | PromiseLike<void>;
  /** After the last chunk. */
  close?(): void | PromiseLike<void>;
}
