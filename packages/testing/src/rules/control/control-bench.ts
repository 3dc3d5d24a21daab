import type { Control, ControlContext, NetmapChange } from '@heddle/core';
import { Bench } from '../foundation/bench.js';
import { PoisonContext } from '../foundation/poison-context.js';
import { expectThat, type MakeRule, ruleMaker, textOf } from '../foundation/rule.js';
import type { ControlHarness, ControlSetup } from './harness.js';
import { describeMap } from './netmap-text.js';

/** A change as it came, with what its map said at that time. */
export interface SeenChange {
  readonly change: NetmapChange;
  readonly text: string;
}

/** One Control, with core's place at its streams. */
export class ControlBench extends Bench {
  readonly control: Control;
  readonly context: PoisonContext;
  readonly seen: SeenChange[] = [];
  /** Values of state$ and health$ so far. */
  said = 0;
  completed = false;
  errored: unknown;
  readonly #setup: ControlSetup;
  readonly #abort = new AbortController();
  #changes = 0;

  constructor(harness: ControlHarness, setup: ControlSetup) {
    super(harness, setup.time);
    this.#setup = setup;
    this.control = setup.control;
    this.context = new PoisonContext(this.time.clock, 1);
  }

  listen(): void {
    this.control.netmap$.subscribe({
      next: (change) => void this.seen.push({ change, text: describeMap(change.map) }),
      error: (fault) => {
        this.errored = fault ?? 'an error without a value';
      },
      complete: () => {
        this.completed = true;
      },
    });
  }

  openUnder(signal: AbortSignal): Promise<void> {
    const { clock, random, log }: ControlContext = this.context;
    return this.control.open({ clock, random, log }, signal);
  }

  /** Open, listened to, and with a first map. */
  async start(): Promise<void> {
    this.listen();
    await this.must('open', () => this.openUnder(this.#abort.signal));
    expectThat(await this.until(() => this.seen.length > 0), 'netmap$ says nothing after open');
  }

  /** Counts what state$ and health$ say from now on. */
  listenToState(): void {
    const count = (): void => {
      this.said += 1;
    };
    this.control.state$.subscribe({ next: count, error: count });
    this.control.health$.subscribe({ next: count, error: count });
  }

  /** False when the harness knows nothing of logins. */
  async askLogin(url: string): Promise<boolean> {
    if (this.#setup.askLogin === undefined) return false;
    await this.#setup.askLogin(url);
    return true;
  }

  /** Makes this many changes, one after the other. */
  async change(times: number): Promise<void> {
    for (let n = 0; n < times; n++) await this.#changeTo(n);
  }

  /** Makes the change after those that were made by this. */
  async changeNext(): Promise<void> {
    await this.#changeTo(this.#changes++);
  }

  async #changeTo(n: number): Promise<void> {
    const before = this.seen.length;
    await this.#setup.change(n);
    expectThat(await this.until(() => this.seen.length > before), `netmap$ does not tell of change ${n}`);
  }

  close(): Promise<void> {
    return this.must('close', () => this.control.close());
  }

  override async end(): Promise<void> {
    await this.outcome(() => this.control.close());
    await this.#setup.end?.();
    await super.end();
    const [fault] = this.context.clock.faults;
    expectThat(fault === undefined, `a timer of the Control threw: ${textOf(fault)}`);
  }
}

/** Makes a rule of a Control. */
export const controlRule: MakeRule<ControlHarness, ControlBench> = ruleMaker(
  async (harness) => new ControlBench(harness, await harness.make()),
);
