import type { Decision } from '@heddle/core';
import { expectThat, type Rule } from '../foundation/rule.js';
import type { PathSelectorHarness } from './harness.js';
import { selectorRule } from './selector-bench.js';
import { offeredBy, situations } from './situations.js';

export const decisionRules: readonly Rule<PathSelectorHarness>[] = [
  selectorRule(
    'path-selector/pure',
    'decide is pure: the same arguments give the same decision, whatever was decided in between.',
    'Core asks again whenever something changed; a policy with a memory flaps, and cannot be replayed from a log.',
    async (bench) => {
      const all = situations();
      const first = all.map((paths) => written(bench.decide(paths)));
      const again = [...all].reverse().map((paths) => written(bench.decide(paths)));
      again.reverse();
      const other = first.findIndex((decision, i) => decision !== again[i]);
      expectThat(other < 0, `for the same arguments it decided ${first[other]}, then ${again[other]}: not pure`);
    },
  ),
  selectorRule(
    'path-selector/arguments-read-only',
    'decide does not write into its arguments and does not throw: they may be frozen.',
    'The same lists are shown in status and given to the next decision; a sort in place reorders them for everybody.',
    async (bench) => {
      expectThat(bench.selector.contract === 1, `contract is ${String(bench.selector.contract)}, not 1`);
      for (const paths of situations()) bench.decide(paths);
    },
  ),
  selectorRule(
    'path-selector/offered-only',
    'A decision names only remotes that it was offered, as the same objects; undefined when none will do.',
    'Core writes the remote into its route table: one that nobody offered belongs to no Bind, and packets vanish.',
    async (bench) => {
      for (const paths of situations()) {
        const offered = offeredBy(paths);
        const { primary, also = [] } = bench.decide(paths);
        const stranger = [primary, ...also].find((remote) => remote !== undefined && !offered.has(remote));
        expectThat(stranger === undefined, `it chose ${stranger?.text}, a remote that was not offered`);
        expectThat(primary === undefined || typeof primary === 'object', 'primary is no remote');
      }
    },
  ),
  selectorRule(
    'path-selector/reason',
    'Every decision has a reason in words, and `also` does not repeat a path.',
    'People ask why their traffic goes over a relay, and paths$ shows them the reason; a path named twice gets each packet twice.',
    async (bench) => {
      for (const paths of situations()) {
        const { primary, also = [], reason } = bench.decide(paths);
        expectThat(typeof reason === 'string' && reason.trim() !== '', 'a decision has no reason');
        const ways = [primary, ...also];
        expectThat(new Set(ways).size === ways.length, '`also` repeats a path: packets would be duplicated on it');
      }
    },
  ),
];

function written({ primary, also, reason }: Decision): string {
  return JSON.stringify([primary?.text, also?.map(({ text }) => text) ?? [], reason]);
}
