import type { StateStore } from '../contracts/state-store.js';

/** State that ends with the node. */
export function memoryStore(): StateStore {
  const values = new Map<string, string>();
  return {
    lasting: false,
    open: async () => {},
    get: (key) => values.get(key),
    async set(key, value) {
      if (value === undefined) values.delete(key);
      else values.set(key, value);
    },
    close: async () => {},
  };
}
