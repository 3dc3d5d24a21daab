import type { Clock } from '@heddle/core';

const FIRST_PAUSE = 250;
const LONGEST_PAUSE = 5_000;
/** An order does not live long enough for more. */
const LONGEST_WISH = 60_000;

/**
 * Reads again and again, with growing pauses, until what is read is settled. `wish` is how long whoever was read asked not to be asked, in milliseconds.
 * Rejects when the signal aborts.
 */
export async function settled<T>(
  read: () => Promise<T>,
  isSettled: (value: T) => boolean,
  clock: Pick<Clock, 'now' | 'at'>,
  signal: AbortSignal,
  wish: () => number,
): Promise<T> {
  for (let pause = FIRST_PAUSE; ; pause = Math.min(LONGEST_PAUSE, pause * 2)) {
    const value = await read();
    if (isSettled(value)) return value;
    await passed(Math.max(pause, Math.min(wish(), LONGEST_WISH)), clock, signal);
  }
}

function passed(milliseconds: number, clock: Pick<Clock, 'now' | 'at'>, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason);
    const onAbort = (): void => {
      cancel();
      reject(signal.reason);
    };
    const cancel = clock.at(clock.now() + milliseconds, () => {
      signal.removeEventListener('abort', onAbort);
      resolve();
    });
    signal.addEventListener('abort', onAbort, { once: true });
  });
}
