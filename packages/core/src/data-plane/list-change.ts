/** What stands between the part that two lists begin with and the part that they end with: in the one, and in the other. */
export interface ListChange {
  readonly before: readonly string[];
  readonly after: readonly string[];
}

/** Replacing `before` by `after` in its place leads from one list to the other; undefined when both say the same. */
export function listChange(from: readonly string[], to: readonly string[]): ListChange | undefined {
  if (from === to || from.length + to.length === 0) return undefined;
  if (from.length === 0 || to.length === 0) return { before: from, after: to };
  const head = commonHead(from, to);
  if (head === from.length && head === to.length) return undefined;
  const tail = commonTail(from, to, Math.min(from.length, to.length) - head);
  return { before: from.slice(head, from.length - tail), after: to.slice(head, to.length - tail) };
}

function commonHead(from: readonly string[], to: readonly string[]): number {
  const most = Math.min(from.length, to.length);
  let head = 0;
  while (head < most && from[head] === to[head]) head++;
  return head;
}

function commonTail(from: readonly string[], to: readonly string[], most: number): number {
  let tail = 0;
  while (tail < most && from[from.length - 1 - tail] === to[to.length - 1 - tail]) tail++;
  return tail;
}
