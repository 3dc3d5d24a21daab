import type { Clock, DropCounter } from '@heddle/core';
import type { TunDevice } from '@heddle/native-linux';

/** Pauses may be many and short; the kernel's counter goes on counting meanwhile. */
const LOOK_EVERY = 1_000;

/** Counts what the kernel threw away because nobody took it. */
export class QueueOverflow {
  readonly #device: Pick<TunDevice, 'dropped'>;
  readonly #clock: Clock;
  readonly #drop: DropCounter;
  #seen = 0;
  #lookedAt = Number.NEGATIVE_INFINITY;

  constructor(device: Pick<TunDevice, 'dropped'>, { clock, drop }: { readonly clock: Clock; readonly drop: DropCounter }) {
    this.#device = device;
    this.#clock = clock;
    this.#drop = drop;
  }

  /** At the end of a pause. */
  look(): void {
    const now = this.#clock.now();
    if (now - this.#lookedAt < LOOK_EVERY) return;
    this.#lookedAt = now;
    const { dropped } = this.#device;
    if (dropped > this.#seen) this.#drop('kernel-queue-full', dropped - this.#seen);
    this.#seen = dropped;
  }
}
