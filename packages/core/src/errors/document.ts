import type { ErrorEntry } from './codes.js';

/** The text of docs/errors.md: every code with its meaning and its cure. */
export function errorsDocument(errors: Readonly<Record<string, ErrorEntry>>): string {
  const rows = Object.entries(errors).map(([code, { says, cure }]) => [`\`${code}\``, says, cure]);
  return page(
    'Error codes',
    'Every error that this library throws at its callers has a stable `code`. Code that decides looks at `code` only; messages may change.',
    table(['code', 'meaning', 'what to do'], rows),
  );
}

/** The text of docs/drops.md: every reason for which a packet is given up. */
export function dropsDocument(reasons: Readonly<Record<string, string>>): string {
  const rows = Object.entries(reasons).map(([reason, says]) => [`\`${reason}\``, says]);
  return page(
    'Drop reasons',
    'A packet that is given up is counted under one of these reasons in `node.status().drops`. Plugins count their own as `plugin/reason`.',
    table(['reason', 'meaning'], rows),
  );
}

/** The text of docs/limits.md: every bound with its default. */
export function limitsDocument<K extends string>(defaults: Readonly<Record<K, number>>, texts: Readonly<Record<K, string>>): string {
  const rows = Object.entries<number>(defaults).map(([name, value]) => [`\`${name}\``, String(value), texts[name as K]]);
  return page('Limits', 'Change them with `createNode({ limits: { … } }, plugins)`.', table(['limit', 'default', 'what it bounds'], rows));
}

function page(title: string, intro: string, body: string): string {
  return `# ${title}\n\n<!-- Generated from the tables in packages/core: change those, not this file. -->\n\n${intro}\n\n${body}\n`;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.map(cell).join(' | ')} |`).join('\n');
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ');
}
