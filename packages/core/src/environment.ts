// environment: the defaults of clock, randomness and logger for a node that is handed none
import type { Bytes } from '@heddle/crypto';
import type { Clock, Logger, Random } from './contracts/surroundings.js';

/** The one room of core where the machine's own time and entropy are touched. Everything else gets them as arguments. */

/** setTimeout counts in 31 bits; a longer wait is several. */
const LONGEST_TIMEOUT = 2 ** 31 - 1;
/** Web Crypto gives no more at once. */
const LARGEST_FILL = 65_536;

export const systemClock: Clock = {
  now: () => performance.now(),
  wall: () => Date.now(),
  at(time, run) {
    if (time === Number.POSITIVE_INFINITY) return () => {};
    return time <= performance.now() ? soon(run) : later(time, run);
  },
};

function soon(run: () => void): () => void {
  if (typeof setImmediate === 'function') {
    const immediate = setImmediate(run);
    return () => clearImmediate(immediate);
  }
  const timeout = setTimeout(run, 0);
  return () => clearTimeout(timeout);
}

/** Timers may fire a fraction early, and waits may be longer than a timer: looks at the clock before it runs. */
function later(time: number, run: () => void): () => void {
  const wait = (): ReturnType<typeof setTimeout> => setTimeout(due, Math.min(Math.ceil(time - performance.now()), LONGEST_TIMEOUT));
  const due = (): void => {
    if (performance.now() >= time) run();
    else timeout = wait();
  };
  let timeout = wait();
  return () => clearTimeout(timeout);
}

export const systemRandom: Random = {
  fill(into) {
    for (let at = 0; at < into.length; at += LARGEST_FILL) fillPart(into.subarray(at, at + LARGEST_FILL));
  },
};

/** Web Crypto refuses shared memory, which slabs may be. */
function fillPart(part: Bytes): void {
  if (part.buffer instanceof ArrayBuffer) crypto.getRandomValues(part as Uint8Array<ArrayBuffer>);
  else part.set(crypto.getRandomValues(new Uint8Array(part.length)));
}

const nothing = (): void => {};

export const silentLogger: Logger = { debug: nothing, info: nothing, warn: nothing, error: nothing };
