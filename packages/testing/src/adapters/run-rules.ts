import type { Rule } from '../rules/foundation/rule.js';

/** The part of vitest, node:test and their like that the rules need. */
export type TestFunction = (name: string, run: () => Promise<void>) => unknown;

/**
 * Makes one test of each rule, with `test` of vitest or of node:test:
 *
 *     runRules(test, bindRules, {
 *       host: nodeHost(process),
 *       make() {
 *         const network = new MyNetwork();
 *         return { a: myBind(network, 'a'), b: myBind(network, 'b') };
 *       },
 *     });
 *
 * Without a host, promises made per packet and unhandled rejections stay unseen. With real sockets `make` also returns
 * `time: nodeTime(process)`; on a simulated network `time: virtualTime(clock)`.
 */
export function runRules<Harness>(test: TestFunction, rules: readonly Rule<Harness>[], harness: NoInfer<Harness>): void {
  for (const rule of rules) test(`${rule.id}: ${rule.says}`, () => rule.run(harness));
}
