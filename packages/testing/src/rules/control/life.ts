import type { ControlState, SelfUpdate } from '@heddle/core';
import { begin } from '../foundation/bench.js';
import { latest } from '../foundation/latest.js';
import { expectThat, type Rule, textOf } from '../foundation/rule.js';
import { type ControlBench, controlRule } from './control-bench.js';
import type { ControlHarness } from './harness.js';

const STATES: readonly ControlState['is'][] = ['offline', 'needs-login', 'needs-approval', 'online'];
const LOGIN_URL = 'https://login.example/a/4711';
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
    'control/close-while-opening',
    'Close in the middle of open resolves, open settles, and nothing comes or is held afterwards.',
    'A start that is given up must not leave a node that registers later and that nobody can close.',
    async (bench) => {
      bench.listen();
      const opening = begin(() => bench.openUnder(new AbortController().signal));
      await bench.close();
      expectThat((await bench.outcomeOf(opening)).is !== 'pending', 'open never settles once it was closed');
      const told = bench.seen.length;
      await bench.settle();
      expectThat(bench.seen.length === told, 'netmap$ emitted after close: the opening went on');
      expectThat(bench.context.held === undefined, `after close in the middle of open ${bench.context.held}`);
    },
  ),
  controlRule(
    'control/aborted-while-opening',
    'An abort in the middle of open does not hang it: open settles, and close leaves nothing.',
    'The deadline of a start aborts; an open that never settles holds up the whole node.',
    async (bench) => {
      const abort = new AbortController();
      const opening = begin(() => bench.openUnder(abort.signal));
      abort.abort(new Error('given up'));
      expectThat((await bench.outcomeOf(opening)).is !== 'pending', 'open never settles once it was aborted');
      await bench.close();
      expectThat(bench.context.held === undefined, `after an abort and close ${bench.context.held}`);
    },
  ),
  controlRule(
    'control/silent-after-close',
    'Nothing is told after close: netmap$ never emits and never errors once it has completed, state$ and health$ say nothing new, and no timer of a change is left.',
    'Core has taken the peers down; a late map would bring them up again.',
    async (bench) => {
      await bench.start();
      bench.listenToState();
      await bench.change(2);
      await bench.close();
      const [told, said] = [bench.seen.length, bench.said];
      await bench.change(1).catch(() => {});
      bench.control.publish({ hostname: 'late' });
      await bench.settle();
      expectThat(bench.seen.length === told, 'netmap$ emitted after close');
      expectThat(bench.errored === undefined, `netmap$ errored: ${textOf(bench.errored)}`);
      expectThat(bench.said === said, 'state$ or health$ emitted after close');
      expectThat(bench.context.held === undefined, `after changes and close ${bench.context.held}`);
    },
  ),
  controlRule(
    'control/state-follows',
    'state$ follows what happens: not offline and not without login while the server tells changes, and not online once it is closed.',
    'Users and services wait for online; a state that is stuck keeps them waiting, or calls a dead node alive.',
    async (bench) => {
      await bench.start();
      await bench.change(1);
      const now = latest(bench.control.state$)?.is;
      expectThat(now === 'online' || now === 'needs-approval', `the server tells changes, and state$ is stuck at "${String(now)}"`);
      await bench.close();
      expectThat(latest(bench.control.state$)?.is !== 'online', 'state$ is stuck at "online" after close');
    },
  ),
  controlRule(
    'control/login-url',
    'The login URL of the server is in state$ as it came, also for who asks late.',
    'Nobody else knows where to log in: a URL that is swallowed leaves the node outside for ever.',
    async (bench) => {
      await bench.start();
      bench.listenToState();
      const asked = await bench.askLogin(LOGIN_URL);
      const shown = (): boolean => {
        const state = latest(bench.control.state$);
        return state?.is === 'needs-login' && state.url === LOGIN_URL;
      };
      expectThat(!asked || (await bench.until(shown)), 'the server gave a login URL, and state$ does not show it');
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
