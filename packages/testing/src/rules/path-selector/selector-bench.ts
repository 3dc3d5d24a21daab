import type { Decision, PathSelector, PathsOfPeer, Prober } from '@heddle/core';
import { Bench } from '../foundation/bench.js';
import { PoisonContext } from '../foundation/poison-context.js';
import { expectThat, type MakeRule, ruleMaker, textOf } from '../foundation/rule.js';
import type { PathSelectorHarness } from './harness.js';
import { SimChannel } from './sim-channel.js';
import { NOW } from './situations.js';

/** One PathSelector, with a channel that leads nowhere. */
export class SelectorBench extends Bench {
  readonly selector: PathSelector;
  readonly context: PoisonContext;
  readonly channel: SimChannel = new SimChannel();

  constructor(harness: PathSelectorHarness, selector: PathSelector) {
    super(harness, harness.time?.());
    this.selector = selector;
    this.context = new PoisonContext(this.time.clock, 1);
  }

  decide(paths: PathsOfPeer): Decision {
    const decision = this.#decision(paths);
    const form = formOf(decision);
    expectThat(form === undefined, `decide returned ${form}, no decision`);
    return decision;
  }

  #decision(paths: PathsOfPeer): Decision {
    try {
      return this.selector.decide(paths, NOW);
    } catch (thrown) {
      throw new Error(`decide threw (does it write into its arguments?): ${textOf(thrown)}`, { cause: thrown });
    }
  }

  openProber(prober: Prober, signal: AbortSignal): Promise<void> {
    const { clock, random, log, drop } = this.context;
    return prober.open({ clock, random, log, drop, channel: this.channel }, signal);
  }

  override async end(): Promise<void> {
    const { prober } = this.selector;
    if (prober !== undefined) await this.outcome(() => prober.close());
    await super.end();
    const [fault] = this.context.clock.faults;
    expectThat(fault === undefined, `a timer of the prober threw: ${textOf(fault)}`);
  }
}

/** Makes a rule of a PathSelector. */
export const selectorRule: MakeRule<PathSelectorHarness, SelectorBench> = ruleMaker(
  async (harness) => new SelectorBench(harness, await harness.make()),
);

/** What is wrong with the form of a decision; undefined: nothing. */
function formOf(decision: Partial<Decision> | null | undefined): string | undefined {
  if (typeof decision !== 'object' || decision === null) return String(decision);
  if ('then' in decision) return 'a promise';
  const { also } = decision;
  if (also !== undefined && !Array.isArray(also)) return 'an `also` that is no list';
  return also?.includes(undefined) ? 'an `also` with nothing in it' : undefined;
}
