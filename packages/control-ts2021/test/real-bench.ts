import type { Clock, ControlState, Health, Identity, Logger, NetmapChange } from '@heddle/core';
import { SeededRandom } from '@heddle/testing';
import { filter, firstValueFrom, timeout } from 'rxjs';
import type { Ts2021Control } from '../src/control/ts2021-control.js';
import { makeControl } from '../src/make-control.js';
import { readOptions, type Ts2021Options } from '../src/options.js';
import { crypto, memoryState, silent, testIdentity } from './bench.js';

const clock: Clock = {
  now: () => performance.now(),
  wall: () => Date.now(),
  at(time, run) {
    if (time === Number.POSITIVE_INFINITY) return () => {};
    const timer = setTimeout(run, Math.max(0, time - performance.now()));
    return () => clearTimeout(timer);
  },
};

export interface RealBenchOptions extends Ts2021Options {
  readonly store?: ReturnType<typeof memoryState>;
  readonly identity?: Identity;
  readonly log?: Logger;
}

/** A control over real sockets and the machine's clock. */
export class RealBench {
  readonly control: Ts2021Control;
  readonly store: ReturnType<typeof memoryState>;
  readonly identity: Identity;
  readonly states: ControlState[] = [];
  readonly changes: NetmapChange[] = [];
  readonly healths: Health[] = [];
  readonly #log: Logger;

  constructor({ store = memoryState(), identity = testIdentity(), log = silent, ...options }: RealBenchOptions) {
    this.store = store;
    this.identity = identity;
    this.#log = log;
    this.control = makeControl(readOptions(options), options, { identity, store, crypto });
    this.control.state$.subscribe((state) => this.states.push(state));
    this.control.netmap$.subscribe((change) => this.changes.push(change));
    this.control.health$.subscribe((health) => this.healths.push(health));
  }

  async open(): Promise<this> {
    await this.control.open({ clock, random: new SeededRandom('real'), log: this.#log }, new AbortController().signal);
    return this;
  }

  /** Waits for a state; a health that shows first is what a failure says. */
  async until(is: ControlState['is']): Promise<void> {
    await firstValueFrom(
      this.control.state$.pipe(
        filter((state) => state.is === is),
        timeout(10_000),
      ),
    );
  }

  async trouble(): Promise<Health> {
    return firstValueFrom(
      this.control.health$.pipe(
        filter(({ ok }) => !ok),
        timeout(10_000),
      ),
    );
  }

  async map(fits: (change: NetmapChange) => boolean): Promise<NetmapChange> {
    return firstValueFrom(this.control.netmap$.pipe(filter(fits), timeout(10_000)));
  }
}
