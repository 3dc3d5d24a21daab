import type { StateStore } from '@heddle/core';
import { PublicKey } from '@heddle/crypto';

/**
 * The key of one control server. The first one that was seen to work is kept, and from then on nobody with another key is talked to
 * before somebody has consented.
 */
export class ServerKeyPin {
  readonly #store: StateStore;
  readonly #name: string;
  #pinned: PublicKey<'machine'> | undefined;

  /** `given` is the consent of the configuration, and goes before what was kept. */
  constructor(store: StateStore, url: string, given: PublicKey<'machine'> | undefined) {
    this.#store = store;
    this.#name = `ts2021/server-key ${url}`;
    this.#pinned = given ?? readKey(store.get(this.#name));
  }

  get pinned(): PublicKey<'machine'> | undefined {
    return this.#pinned;
  }

  /** Keeps the key; resolves when it is safe. */
  async pin(key: PublicKey<'machine'>): Promise<void> {
    this.#pinned = key;
    const text = key.toString();
    if (this.#store.get(this.#name) !== text) await this.#store.set(this.#name, text);
  }
}

function readKey(text: string | undefined): PublicKey<'machine'> | undefined {
  try {
    return text === undefined ? undefined : PublicKey.parse('machine', text);
  } catch {
    return undefined;
  }
}
