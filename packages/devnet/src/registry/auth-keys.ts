/** A key with which nodes join without a person. */
export interface AuthKey {
  /** What the node shows: a secret. */
  readonly key: string;
  /** Login name of the owner of nodes that join with it. */
  readonly user: string;
  /** `tag:…` of nodes that join with it: they belong to nobody then. */
  readonly tags: readonly string[];
  /** For more than one node. */
  readonly reusable: boolean;
  /** Its nodes are forgotten when they have been away for a while. */
  readonly ephemeral: boolean;
  /** Wall-clock milliseconds; absent: never. */
  readonly expiry?: number;
  readonly used: boolean;
}

/** The pre-auth keys of a devnet, by their text. */
export class AuthKeys {
  readonly #keys = new Map<string, AuthKey>();

  /** Adds a key, or replaces the one with the same text. */
  put(key: AuthKey): void {
    this.#keys.set(key.key, key);
  }

  has(text: string): boolean {
    return this.#keys.has(text);
  }

  /** The key, or why a node may not join with this text. */
  check(text: string, wall: number): AuthKey | string {
    const key = this.#keys.get(text);
    if (key === undefined) return 'invalid pre auth key';
    if (key.expiry !== undefined && key.expiry <= wall) return 'authkey expired';
    return key.used && !key.reusable ? 'authkey already used' : key;
  }

  /** A node has joined with it. */
  use(key: AuthKey): void {
    if (!key.used) this.put({ ...key, used: true });
  }

  list(): AuthKey[] {
    return [...this.#keys.values()];
  }
}
