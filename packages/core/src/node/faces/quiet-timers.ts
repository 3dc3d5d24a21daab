import { performance } from 'node:perf_hooks';
import { clearTimeout, setTimeout } from 'node:timers';
import type { Clock } from '../../contracts/surroundings.js';

/** The part of a Clock that sockets need. */
export type Timers = Pick<Clock, 'now' | 'at'>;

/** setTimeout counts in 31 bits. What is later than that is asked for again. */
const LONGEST = 2 ** 31 - 1;

/** Node's timers, none of which keeps the process alive: an open socket does that, by its hold. */
export const quietTimers: Timers = {
  now: () => performance.now(),
  at(time, run) {
    if (time === Number.POSITIVE_INFINITY) return () => {};
    const wait = (): NodeJS.Timeout => setTimeout(due, Math.min(Math.max(0, Math.ceil(time - performance.now())), LONGEST)).unref();
    const due = (): void => {
      if (performance.now() >= time) run();
      else timeout = wait();
    };
    let timeout = wait();
    return () => clearTimeout(timeout);
  },
};
