import type { StateStore } from '@heddle/core';

/** What is kept about this node at one control server: the node key that it has accepted, and the last map. Keys are public, as texts. */
export class NodeRecord {
  readonly #store: StateStore;
  readonly #keyName: string;
  readonly #mapName: string;

  constructor(store: StateStore, url: string) {
    this.#store = store;
    this.#keyName = `ts2021/registered ${url}`;
    this.#mapName = `ts2021/map ${url}`;
  }

  /** True when the server has accepted this node key. */
  knows(nodeKey: string): boolean {
    return this.#keys.includes(nodeKey);
  }

  /** The server has accepted this key, which is not in use yet: whichever of the two a start finds, the server knew it. */
  async accepted(nodeKey: string): Promise<void> {
    if (!this.knows(nodeKey)) await this.#store.set(this.#keyName, [...this.#keys, nodeKey].join(' '));
  }

  /** The server has accepted this key, which is in use. */
  async registered(nodeKey: string): Promise<void> {
    if (this.#store.get(this.#keyName) !== nodeKey) await this.#store.set(this.#keyName, nodeKey);
  }

  /** The node is none of the server's any more. */
  async forget(): Promise<void> {
    await this.#store.set(this.#keyName, undefined);
    await this.#store.set(this.#mapName, undefined);
  }

  /** One, or two while the first makes room for the second. */
  get #keys(): readonly string[] {
    return this.#store.get(this.#keyName)?.split(' ') ?? [];
  }

  get map(): string | undefined {
    return this.#store.get(this.#mapName);
  }

  async keepMap(map: string): Promise<void> {
    if (this.map !== map) await this.#store.set(this.#mapName, map);
  }
}
