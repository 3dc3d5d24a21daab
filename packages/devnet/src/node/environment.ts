// environment: the defaults of clock and randomness for a devnet that is handed none
import { randomFillSync } from 'node:crypto';
import type { Clock, Random } from '@heddle/core';

/** setTimeout counts in 31 bits. */
const LONGEST_TIMEOUT = 2 ** 31 - 1;

/** Time of the machine. */
export const machineClock: Clock = {
  now: () => performance.now(),
  wall: () => Date.now(),
  at(time, run) {
    if (time === Number.POSITIVE_INFINITY) return () => {};
    let timeout = setTimeout(wait, waitFor(time));
    function wait(): void {
      if (performance.now() >= time) run();
      else timeout = setTimeout(wait, waitFor(time));
    }
    return () => clearTimeout(timeout);
  },
};

/** Entropy of the machine. */
export const machineRandom: Random = { fill: (into) => void randomFillSync(into) };

function waitFor(time: number): number {
  return Math.min(Math.max(0, Math.ceil(time - performance.now())), LONGEST_TIMEOUT);
}
