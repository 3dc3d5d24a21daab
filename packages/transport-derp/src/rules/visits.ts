import type { Bytes, Remote } from '@heddle/core';
import { isKeyAt, KEY_IN_ID } from '../place.js';

/** Peers whose last visit is known; more begin anew. */
const MOST = 4096;

/** Where each peer last spoke from: the way to answer while its home cannot be reached. */
export class Visits {
  readonly #byHash = new Map<number, Remote>();

  /** Called once a batch. */
  note(from: Remote): void {
    if (this.#byHash.size >= MOST) this.#byHash.clear();
    this.#byHash.set(hashAt(from.id), from);
  }

  /** The remote of the last visit of the peer with this id. */
  last(id: Bytes): Remote | undefined {
    const found = this.#byHash.get(hashAt(id));
    return found !== undefined && isKeyAt(found.id.subarray(KEY_IN_ID), id, KEY_IN_ID) ? found : undefined;
  }
}

function hashAt(id: Bytes): number {
  const at = KEY_IN_ID;
  return id[at]! | (id[at + 1]! << 8) | (id[at + 2]! << 16) | (id[at + 3]! << 24);
}
