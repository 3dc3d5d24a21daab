import type { Logger, StateStore } from '@heddle/core';
import { isPrivateKey, newKey } from './inspect.js';

const KEPT = 'certificates/account-key';

/** The key by which a CA knows this node: given, or made at the first order and kept. */
export class AccountKey {
  readonly #given: string | undefined;
  readonly #store: StateStore;
  readonly #logger: Logger;
  #key: Promise<string> | undefined;

  constructor(given: string | undefined, store: StateStore, logger: Logger) {
    this.#given = given;
    this.#store = store;
    this.#logger = logger;
  }

  /** Rejects when a new one cannot be kept: it would be another account after each restart. */
  async get(): Promise<string> {
    if (this.#given !== undefined) return this.#given;
    this.#key ??= this.#keptOrNew();
    try {
      return await this.#key;
    } catch (thrown) {
      this.#key = undefined;
      throw thrown;
    }
  }

  async #keptOrNew(): Promise<string> {
    const kept = this.#store.get(KEPT);
    if (kept !== undefined && isPrivateKey(kept)) return kept;
    if (kept !== undefined) this.#logger.warn({}, 'the account key that was kept for the CA is of no use; a new account is made');
    const key = await newKey();
    await this.#store.set(KEPT, key);
    return key;
  }
}
