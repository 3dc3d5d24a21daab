import type { Rule } from '../rules/foundation/rule.js';

/** The part of vitest, node:test and their like that the rules need. */
export type TestFunction = (name: string, run: () => Promise<void>) => unknown;

/** Makes one test of each rule: `runRules(test, bindRules, harness)`, with `test` of vitest or of node:test. */
export function runRules<Harness>(test: TestFunction, rules: readonly Rule<Harness>[], harness: NoInfer<Harness>): void {
  for (const rule of rules) test(`${rule.id}: ${rule.says}`, () => rule.run(harness));
}
