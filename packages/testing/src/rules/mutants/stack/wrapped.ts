import { type PartContext, type Stack, type StackHooks, wrapStack } from '@heddle/core';
import { failingToClose, leaking, losing, reordering } from '../bad-middleware.js';
import { GoodStack } from '../good-stack.js';
import type { StackMutant } from './stack-mutant.js';

/** Good Stacks behind middleware that breaks them. */
export const wrappedMutants: readonly StackMutant[] = [
  wrapped('is behind middleware that reorders', 'order', /reordered/, reordering),
  wrapped('is behind middleware that drops uncounted', 'no-loss', /were lost/, () => losing(200)),
  wrapped('is behind middleware that keeps lent buffers', 'buffer-reused', /lent and kept/, ({ clock }) => ({
    deliver(batch, next) {
      clock.at(clock.now(), () => void next(batch));
      return batch.count;
    },
  })),
  wrapped('is behind middleware that never returns its leases', 'leases-returned', /leases leak/, leaking),
  wrapped('is behind middleware that throws when it closes', 'close-resolves', /close rejected/, failingToClose),
  closing('swallows close around another Stack', 'close-completes', /close event/, async () => {}),
  closing('never resolves stop around another Stack', 'close-resolves', /never resolves/, () => new Promise(() => {})),
];

function wrapped(fault: string, rule: string, word: RegExp, hooks: (context: PartContext) => StackHooks): StackMutant {
  return { fault, rule: `stack/${rule}`, word, make: () => wrapStack(new GoodStack(), hooks) };
}

/** Hooks that change nothing, and another close. */
function closing(fault: string, rule: string, word: RegExp, close: () => Promise<void>): StackMutant {
  return { fault, rule: `stack/${rule}`, word, make: (): Stack => ({ ...wrapStack(new GoodStack(), () => ({})), close }) };
}
