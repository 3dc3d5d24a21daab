import { VirtualClock } from '../../time/virtual-clock.js';
import type { Host } from './host.js';
import { type Experiment, expectThat, textOf } from './rule.js';
import { drainMicrotasks, type RuleTime, virtualTime } from './rule-time.js';

/** What every harness may bring. */
export interface BaseHarness {
  /** The platform, such as `nodeHost(process)`: shows unhandled rejections and work made per packet. */
  readonly host?: Host;
}

/** Times to settle without an arrival that make quiet. */
const QUIET = 3;

/** How a promise came out, after as much waiting as a node would do. */
export type Outcome = { readonly is: 'resolved' } | { readonly is: 'rejected'; readonly reason: unknown } | { readonly is: 'pending' };

/** The place of an experiment: its time, its patience, and what it must clean up. */
export class Bench implements Experiment {
  readonly host: Host | undefined;
  readonly time: RuleTime;
  readonly #faults: (() => readonly unknown[]) | undefined;

  constructor(harness: BaseHarness, time: RuleTime | undefined) {
    this.host = harness.host;
    this.time = time ?? virtualTime(new VirtualClock({ now: 1_000 }), harness.host);
    this.#faults = harness.host?.watchFaults();
  }

  settle(): Promise<void> {
    return this.time.settle();
  }

  /** Waits until it holds; false when patience ran out first. */
  async until(holds: () => boolean): Promise<boolean> {
    for (let round = 0; round < this.time.patience && !holds(); round++) await (this.time.poll?.(round) ?? this.settle());
    return holds();
  }

  /** Waits until a number has stopped to grow. */
  async untilQuiet(count: () => number): Promise<void> {
    let before = -1;
    for (let quiet = 0; quiet < QUIET; quiet++) {
      if (count() > before) quiet = 0;
      before = count();
      await this.settle();
    }
  }

  /** How it comes out. A call that throws instead of returning a promise counts as rejected, with another reason. */
  outcome(call: () => Promise<unknown>): Promise<Outcome> {
    return this.outcomeOf(begin(call));
  }

  /** How what has begun comes out. */
  async outcomeOf(begun: Begun): Promise<Outcome> {
    await drainMicrotasks();
    await this.until(() => begun.outcome.is !== 'pending');
    return begun.outcome;
  }

  /** Waits for what must resolve. */
  async must(what: string, call: () => Promise<unknown>): Promise<void> {
    const outcome = await this.outcome(call);
    expectThat(outcome.is !== 'pending', `${what} never resolves: nothing within the deadline`);
    if (outcome.is === 'rejected') throw new Error(`${what} rejected: ${textOf(outcome.reason)}`);
  }

  async end(): Promise<void> {
    const faults = this.#faults?.() ?? [];
    expectThat(faults.length === 0, `a fault reached the process (unhandled): ${textOf(faults[0])}`);
  }
}

/** A call that was made, and how it stands with it. */
export interface Begun {
  readonly outcome: Outcome;
}

/** Makes the call and watches it, without waiting. */
export function begin(call: () => Promise<unknown>): Begun {
  const begun: { outcome: Outcome } = { outcome: { is: 'pending' } };
  promiseOf(call).then(
    () => {
      begun.outcome = { is: 'resolved' };
    },
    (reason) => {
      begun.outcome = { is: 'rejected', reason };
    },
  );
  return begun;
}

function promiseOf(call: () => Promise<unknown>): Promise<unknown> {
  try {
    const made = call();
    if (typeof made?.then === 'function') return made;
    throw new Error('it returned no promise');
  } catch (fault) {
    return Promise.reject(new Error(`it threw instead of rejecting: ${textOf(fault)}`, { cause: fault }));
  }
}
