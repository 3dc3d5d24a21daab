import type { Observable } from 'rxjs';
import { latest } from '../foundation/latest.js';
import { expectThat, type Rule, textOf } from '../foundation/rule.js';
import type { BindHarness } from './harness.js';
import { bindRule } from './rule.js';

const KINDS = ['local', 'stun', 'mapped', 'explicit', 'relay'];

export const stateRules: readonly Rule<BindHarness>[] = [
  bindRule(
    'bind/state-replayed',
    'localEndpoints$ and writable$ replay their latest value to every subscriber while open, as health$ does, and never error.',
    'Control asks late where this node can be reached; without replay it would publish nothing until the network changes.',
    async (bench) => {
      await bench.start();
      for (let i = 0; i < 2; i++) {
        const endpoints = latest(bench.b.part.localEndpoints$);
        expectThat(Array.isArray(endpoints), 'localEndpoints$ did not replay a list');
        expectThat(typeof latest(bench.b.part.writable$) === 'boolean', 'writable$ did not replay a boolean');
      }
      const faults: unknown[] = [];
      const error = (fault: unknown): void => void faults.push(fault);
      for (const stream of [bench.b.part.localEndpoints$, bench.b.part.writable$]) (stream as Observable<unknown>).subscribe({ error });
      await bench.close();
      expectThat(faults.length === 0, `a stream of state errored: ${textOf(faults[0])}`);
    },
  ),
  bindRule(
    'bind/endpoints',
    'Every local endpoint has a known kind and a remote of this scheme whose text a Bind of the same kind can read.',
    'The texts travel through control to other nodes, which parse them with their own Bind.',
    async (bench) => {
      await bench.start();
      for (const { remote, kind } of latest(bench.b.part.localEndpoints$) ?? []) {
        expectThat(KINDS.includes(kind), `an endpoint has the unknown kind "${kind}"`);
        expectThat(remote.scheme === bench.b.part.scheme, `the endpoint "${remote.text}" has the scheme "${remote.scheme}"`);
        expectThat(bench.a.part.parse(remote.text) !== undefined, `another Bind cannot parse the endpoint "${remote.text}"`);
      }
    },
  ),
  bindRule(
    'bind/idle-writable',
    'An idle Bind is writable.',
    'False pauses the Stack: a Bind that never says true again stands still for good.',
    async (bench) => {
      await bench.start();
      expectThat(latest(bench.b.part.writable$) === true, 'writable$ says false on an idle Bind');
      await bench.flows(8, 'in traffic');
      await bench.until(() => latest(bench.b.part.writable$) === true);
      expectThat(latest(bench.b.part.writable$) === true, 'writable$ stays false when all is sent');
    },
  ),
  bindRule(
    'bind/poke-and-configure',
    'poke never throws, in no state of life; configure with nothing to change resolves and lets traffic go on.',
    'Hosts poke on every wake-up and network change, also during start and stop.',
    async (bench) => {
      const { part } = bench.b;
      poke(() => part.poke?.(), 'before open');
      await bench.start();
      poke(() => part.poke?.(), 'while open');
      if (part.configure !== undefined) await bench.must('configure with nothing to change', () => part.configure!({}));
      await bench.flows(2, 'after poke and configure');
      await bench.close();
      poke(() => part.poke?.(), 'after close');
      await bench.expectNothingHeld('after poke on a closed Bind');
    },
  ),
];

function poke(call: () => void, when: string): void {
  try {
    call();
  } catch (thrown) {
    throw new Error(`poke threw ${when}: ${textOf(thrown)}`, { cause: thrown });
  }
}
