import fc from 'fast-check';
import { expect, test } from 'vitest';
import { DeadlineQueue } from './deadline-queue.js';

test('an empty queue has no first, and asking for the unknown is harmless', () => {
  const queue = new DeadlineQueue();
  expect(queue.first()).toBeUndefined();
  expect(queue.deadlineOf(7)).toBe(Number.POSITIVE_INFINITY);
  queue.set(7, Number.POSITIVE_INFINITY);
  expect(queue.first()).toBeUndefined();
});

test('after any history the first is one with the smallest deadline', () => {
  const step = fc.tuple(fc.nat(20), fc.oneof(fc.nat(50), fc.constant(Number.POSITIVE_INFINITY)));
  const property = fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
    const queue = new DeadlineQueue();
    const model = new Map<number, number>();
    for (const [id, deadline] of steps) {
      queue.set(id, deadline);
      if (deadline === Number.POSITIVE_INFINITY) model.delete(id);
      else model.set(id, deadline);
      const smallest = Math.min(...model.values());
      const first = queue.first();
      expect(first === undefined ? Number.POSITIVE_INFINITY : model.get(first)).toBe(smallest);
      expect(queue.deadlineOf(id)).toBe(deadline);
    }
  });
  fc.assert(property, { seed: 1, numRuns: 300 });
});
