import type { WireGuardEngine } from '@heddle/wireguard';
import type { Clock } from '../contracts/surroundings.js';

/** The engine's one timer. A timer that fires too early is harmless, so it is moved only to an earlier time. */
export class EngineDriver {
  readonly #engine: WireGuardEngine;
  readonly #clock: Clock;
  readonly #run: (work: () => void) => void;
  readonly #fire = (): void => {
    this.#armed = Number.POSITIVE_INFINITY;
    this.#run(() => this.#engine.tick(this.#clock.now()));
  };
  #armed = Number.POSITIVE_INFINITY;
  #cancel: () => void = () => {};

  constructor(engine: WireGuardEngine, clock: Clock, run: (work: () => void) => void) {
    this.#engine = engine;
    this.#clock = clock;
    this.#run = run;
  }

  /** Called whenever the engine may have got an earlier deadline. */
  arm(): void {
    const deadline = this.#engine.nextDeadline();
    if (deadline >= this.#armed) return;
    this.#cancel();
    this.#armed = deadline;
    this.#cancel = this.#clock.at(deadline, this.#fire);
  }

  stop(): void {
    this.#cancel();
    this.#armed = Number.NEGATIVE_INFINITY;
  }
}
