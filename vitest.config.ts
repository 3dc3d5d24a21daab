import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

/** Tests run from source: a package is its index.ts, never its dist. */
const source = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

export default defineConfig({
  resolve: {
    alias: [
      { find: '@heddle/core/node', replacement: source('./packages/core/src/node/index.ts') },
      { find: /^@heddle\/([a-z-]+)$/, replacement: source('./packages/$1/src/index.ts') },
    ],
  },
  test: { include: ['**/*.test.ts'], exclude: ['**/node_modules/**', '**/dist/**'], reporters: ['default'] },
});
