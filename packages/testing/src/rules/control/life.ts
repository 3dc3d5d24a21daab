import type { ControlState, SelfUpdate } from '@heddle/core';
import { latest } from '../foundation/latest.js';
import { expectThat, type Rule, textOf } from '../foundation/rule.js';
import { type ControlBench, controlRule } from './control-bench.js';
import type { ControlHarness } from './harness.js';

const STATES: readonly ControlState['is'][] = ['offline', 'needs-login', 'needs-approval', 'online'];
const UPDATES: readonly SelfUpdate[] = [{}, { endpoints: [] }, { hostname: 'a' }, { hostname: '' }, { homeRelay: 'derp:1' }];

export const lifeRules: readonly Rule<ControlHarness>[] = [
  controlRule(
    'control/life',
    'open resolves, close resolves and completes netmap$, a second close resolves too; nothing is held afterwards.',
    'A node that cannot close its control never ends its process.',
    async (bench) => {
      expectThat(bench.control.contract === 1, `contract is ${String(bench.control.contract)}, not 1`);
      await bench.start();
      await bench.close();
      expectThat(bench.completed, 'netmap$ did not complete: the close event was dropped');
      await bench.must('a second close', () => bench.control.close());
      expectThat(bench.context.held === undefined, `after close ${bench.context.held}`);
    },
  ),
  controlRule(
    'control/close-before-open',
    'Close without open resolves and leaves nothing.',
    'When the start of another part fails, control is closed before it was opened.',
    async (bench) => {
      bench.listen();
      await bench.close();
      expectThat(bench.context.held === undefined, `after close ${bench.context.held}`);
    },
  ),
  controlRule(
    'control/aborted-before-open',
    "Open under an aborted signal does not ignore the abort: it rejects with the signal's reason and holds nothing.",
    'A start that was given up must not register the node with a server.',
    async (bench) => {
      const reason = new Error('given up before open');
      const outcome = await bench.outcome(() => bench.openUnder(AbortSignal.abort(reason)));
      expectThat(outcome.is === 'rejected', `open under an aborted signal is ${outcome.is}: it ignores the abort`);
      expectThat(outcome.reason === reason, `open rejected with another reason: ${textOf(outcome.reason)}`);
      expectThat(bench.context.held === undefined, `after an aborted open ${bench.context.held}`);
    },
  ),
  controlRule(
    'control/silent-after-close',
    'Nothing is told after close: netmap$ never emits and never errors once it has completed.',
    'Core has taken the peers down; a late map would bring them up again.',
    async (bench) => {
      await bench.start();
      await bench.change(2);
      await bench.close();
      const told = bench.seen.length;
      await bench.change(1).catch(() => {});
      await bench.settle();
      expectThat(bench.seen.length === told, 'netmap$ emitted after close');
      expectThat(bench.errored === undefined, `netmap$ errored: ${textOf(bench.errored)}`);
    },
  ),
  controlRule(
    'control/state-replayed',
    'state$ and health$ replay a well formed value to every subscriber.',
    'The login URL is in state$; who asks late must see it, too.',
    async (bench) => {
      await bench.start();
      await bench.change(1);
      for (let i = 0; i < 2; i++) expectState(bench);
    },
  ),
  controlRule(
    'control/publish',
    'publish never throws: before open, while open, after close, whatever is in the update.',
    'Endpoints change at any time, also while the node starts and stops.',
    async (bench) => {
      publishAll(bench, 'before open');
      await bench.start();
      publishAll(bench, 'while open');
      await bench.settle();
      await bench.close();
      publishAll(bench, 'after close');
      await bench.settle();
      expectThat(bench.context.held === undefined, `after publish on a closed Control ${bench.context.held}`);
    },
  ),
];

function expectState({ control }: ControlBench): void {
  const state = latest(control.state$);
  expectThat(state !== undefined, 'state$ did not replay a value');
  expectThat(STATES.includes(state.is), `state$ says "${String(state.is)}", which is no state`);
  const health = latest(control.health$);
  expectThat(health !== undefined, 'health$ did not replay a value');
  expectThat(typeof health.ok === 'boolean' && Number.isFinite(health.since), 'health$ replayed a value without ok or since');
  expectThat(health.ok || (health.code ?? '') !== '', 'health is not ok and has no code');
}

function publishAll({ control }: ControlBench, when: string): void {
  try {
    for (const update of UPDATES) control.publish(update);
  } catch (thrown) {
    throw new Error(`publish threw ${when}: ${textOf(thrown)}`, { cause: thrown });
  }
}
