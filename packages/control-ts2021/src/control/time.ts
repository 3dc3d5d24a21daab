import type { Clock, Random } from '@heddle/core';
import { ControlFault } from '../dial/fault.js';

/** Resolves at this time, or at once when the signal aborts; never rejects. */
export function pauseUntil(clock: Clock, time: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      cancel();
      signal.removeEventListener('abort', done);
      resolve();
    };
    const cancel = clock.at(signal.aborted ? clock.now() : time, done);
    signal.addEventListener('abort', done, { once: true });
  });
}

export interface Deadline {
  readonly clock: Clock;
  readonly milliseconds: number;
  readonly signal: AbortSignal;
  /** What to say when it is over. */
  readonly says: string;
}

/** Runs with a signal that aborts at the deadline, with a fault, or when the outer signal does. Nothing is left behind. */
export async function within<T>({ clock, milliseconds, signal, says }: Deadline, run: (signal: AbortSignal) => Promise<T>): Promise<T> {
  signal.throwIfAborted();
  const inner = new AbortController();
  const cancel = clock.at(clock.now() + milliseconds, () => inner.abort(new ControlFault('HEDDLE_TS2021_UNREACHABLE', says)));
  const outer = (): void => inner.abort(signal.reason);
  signal.addEventListener('abort', outer, { once: true });
  try {
    return await Promise.race([run(inner.signal), rejection(inner.signal)]);
  } finally {
    cancel();
    signal.removeEventListener('abort', outer);
  }
}

/** Never resolves; rejects with the reason of the signal when it aborts. */
export function rejection(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    if (signal.aborted) reject(signal.reason);
    else signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
}

/** A number from 0 up to, but not including, 1. */
export function chance(random: Random): number {
  const bytes = new Uint8Array(4);
  random.fill(bytes);
  return new DataView(bytes.buffer).getUint32(0) / 2 ** 32;
}
