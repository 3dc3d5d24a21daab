import type { VirtualClock } from '@heddle/testing';

/** Runs events of the clock, and no promises between them, until this is so; false: it was not within that many milliseconds. */
export function runEventsUntil(clock: VirtualClock, isDone: () => boolean, within: number): boolean {
  const end = clock.now() + within;
  while (!isDone()) {
    if (clock.next > end) return false;
    clock.runUntil(clock.next);
  }
  return true;
}
