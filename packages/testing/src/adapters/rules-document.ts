import type { Rule } from '../rules/foundation/rule.js';

/** The rules of one contract as a section of Markdown. */
export function rulesDocument(title: string, rules: readonly Rule<never>[]): string {
  const entries = rules.map(({ id, says, why }) => `### ${id}\n\n${says}\n\n*Why:* ${why}\n`);
  return [`## ${title}\n`, ...entries].join('\n');
}
