import type { ErrorEntry } from '@heddle/core';

/** Every code of this package's own. Simulated sockets fail with the codes of Node (ECONNREFUSED, EADDRINUSE, …). */
export const TESTING_ERRORS: Readonly<Record<string, ErrorEntry>> = {
  HEDDLE_BAD_TIME: {
    says: 'A timer was set for a time that is no number.',
    cure: 'Compute it from clock.now(), in milliseconds; Infinity means never.',
  },
  HEDDLE_CLOCK_BUSY: {
    says: 'The virtual clock was moved while it runs, from a timer or from a second test.',
    cure: 'Set a timer with clock.at instead, and give each test a clock of its own.',
  },
  HEDDLE_TIMER_FLOOD: {
    says: 'Timers set each other at one instant and time does not move on. The message shows the last one.',
    cure: 'Let the timer wait, or raise `flood` of the clock if so much is meant to happen at once.',
  },
  HEDDLE_NEVER_SETTLED: {
    says: 'clock.settle ran time forward and the promise did not settle.',
    cure: 'Look at what it waits for. Code that uses streams or sockets of the platform needs a clock with `turn`.',
  },
  HEDDLE_SEEDED_RUN: {
    says: 'A seeded run failed. The message names the seed; `cause` is the failure itself.',
    cure: 'Pass this seed as `seed` to see the same run again.',
  },
};
