import type { WireGuardEngine } from '@heddle/wireguard';
import type { Clock } from '../contracts/surroundings.js';

/** A timer that runs this late means that the event loop stood still. */
const LATE = 200;
/** Then what has come meanwhile is read first: an answer that waits makes its deadline moot. */
const CATCH_UP = 50;

/** The engine's one timer. A timer that fires too early is harmless, so it is moved only to an earlier time. */
export class EngineDriver {
  readonly #engine: WireGuardEngine;
  readonly #clock: Clock;
  readonly #run: (work: () => void) => void;
  readonly #fire = (): void => {
    const late = this.#clock.now() - this.#armed;
    this.#armed = Number.POSITIVE_INFINITY;
    // Once only: a loop that is always late must tick all the same.
    this.#notBefore = late > LATE && this.#notBefore === 0 ? this.#clock.now() + CATCH_UP : 0;
    if (this.#notBefore > 0) this.arm();
    else this.#run(() => this.#engine.tick(this.#clock.now()));
  };
  #armed = Number.POSITIVE_INFINITY;
  #notBefore = 0;
  #cancel: () => void = () => {};

  constructor(engine: WireGuardEngine, clock: Clock, run: (work: () => void) => void) {
    this.#engine = engine;
    this.#clock = clock;
    this.#run = run;
  }

  /** Called whenever the engine may have got an earlier deadline. */
  arm(): void {
    const deadline = Math.max(this.#engine.nextDeadline(), this.#notBefore);
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
