import type { Decision, PathsOfPeer } from '@heddle/core';
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
      const ambient = bench.host?.watchAmbient?.();
      const decisions = all.map((paths) => bench.decide(paths));
      const read = ambient?.() ?? [];
      expectThat(read.length === 0, `decide asked ${read[0]}: not pure, what it needs to know of time is its argument \`now\``);
      const first = decisions.map(written);
      const again = [...all].reverse().map((paths) => written(bench.decide(paths)));
      again.reverse();
      const other = first.findIndex((decision, i) => decision !== again[i]);
      expectThat(other < 0, `for the same arguments it decided ${first[other]}, then ${again[other]}: not pure`);
    },
  ),
  selectorRule(
    'path-selector/own-decision',
    'Each decision is an object of its own, given at once, and it never changes afterwards.',
    'Core keeps it as `current` and shows it in status: one that is used again rewrites what was decided for another peer.',
    async (bench) => {
      const given = situations().map((paths) => {
        const decision = bench.decide(paths);
        return { decision, said: written(decision) };
      });
      const changed = given.find(({ decision, said }) => written(decision) !== said);
      expectThat(changed === undefined, `a decision said ${changed?.said}, and was changed by a later one`);
    },
  ),
  selectorRule(
    'path-selector/arguments-read-only',
    'decide does not write into its arguments and does not throw: they may be frozen.',
    'The same lists are shown in status and given to the next decision; a sort in place reorders them for everybody.',
    async (bench) => {
      expectThat(bench.selector.contract === 1, `contract is ${String(bench.selector.contract)}, not 1`);
      for (const paths of situations()) {
        const before = bytesOf(paths);
        bench.decide(paths);
        expectThat(bytesOf(paths) === before, 'decide writes into its arguments: the bytes of a key or of an id are others now');
      }
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

/** What cannot be frozen. */
function bytesOf({ peer, candidates, configured }: PathsOfPeer): string {
  const ids = [...configured, ...candidates.map(({ remote }) => remote)].map(({ id }) => id.join());
  return [peer.nodeKey.join(), ...ids].join(' ');
}
