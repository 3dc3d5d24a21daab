/**
 * A block of TypeScript in a page. The word after `ts` says what it is for:
 *
 *   ```ts        type-checked
 *   ```ts run    type-checked and executed; it has to end by itself, and well
 *
 * What is not meant to compile is no `ts` block: use `text`.
 * @typedef {{ page: string, line: number, code: string, run: boolean }} Snippet
 */

/**
 * @param {string} page path from the root
 * @param {string} text
 * @returns {Snippet[]}
 */
export function snippetsIn(page, text) {
  const fences = text.matchAll(/^```ts(?<mark>[^\n]*)\n(?<code>[\s\S]*?)^```/gm);
  return [...fences].map((fence) => {
    const { mark = '', code = '' } = fence.groups ?? {};
    if (!/^( run)?\s*$/.test(mark)) throw new Error(`${page}: "ts${mark}" is no marker; there are "ts" and "ts run"`);
    return { page, line: text.slice(0, fence.index).split('\n').length, code, run: mark.trim() === 'run' };
  });
}
