import type { Clock } from '../contracts/surroundings.js';

/** Why a step was given up. */
export class DeadlinePassed extends Error {
  readonly milliseconds: number;

  constructor(milliseconds: number) {
    super(`not done after ${milliseconds} ms`);
    this.name = 'DeadlinePassed';
    this.milliseconds = milliseconds;
  }
}

/**
 * Runs a step with a signal that aborts at the deadline, or with the outer signal; rejects with the reason then, whether the step listens or not.
 * Leaves no timer, and no listener on the outer signal.
 */
export async function within(
  clock: Clock,
  milliseconds: number,
  outer: AbortSignal | undefined,
  step: (signal: AbortSignal) => Promise<void> | void,
): Promise<void> {
  outer?.throwIfAborted();
  const own = new AbortController();
  const abort = (): void => own.abort(outer?.reason);
  outer?.addEventListener('abort', abort, { once: true });
  const cancel = clock.at(clock.now() + milliseconds, () => own.abort(new DeadlinePassed(milliseconds)));
  try {
    await unlessAborted(own.signal, step);
  } finally {
    cancel();
    outer?.removeEventListener('abort', abort);
  }
}

function unlessAborted(signal: AbortSignal, step: (signal: AbortSignal) => Promise<void> | void): Promise<void> {
  return new Promise((resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
    Promise.resolve(step(signal)).then(resolve, reject);
  });
}
