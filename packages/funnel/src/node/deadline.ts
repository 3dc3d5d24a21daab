import type { Clock } from '@heddle/core';

/** A signal that aborts after so many milliseconds, and the way to call it off. */
export function deadline(clock: Pick<Clock, 'now' | 'at'>, milliseconds: number): { readonly signal: AbortSignal; done(): void } {
  const controller = new AbortController();
  const cancel = clock.at(clock.now() + milliseconds, () => controller.abort());
  return { signal: controller.signal, done: cancel };
}
