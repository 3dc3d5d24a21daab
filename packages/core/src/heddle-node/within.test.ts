import { expect, test } from 'vitest';
import { systemClock } from '../environment.js';
import { DeadlinePassed, within } from './within.js';

/** A signal whose listeners are counted. */
class CountedSignal {
  readonly controller = new AbortController();
  listeners = 0;

  constructor() {
    const { signal } = this.controller;
    const [add, remove] = [signal.addEventListener.bind(signal), signal.removeEventListener.bind(signal)];
    const counted = {
      addEventListener: (...call: Parameters<typeof add>) => {
        this.listeners += 1;
        add(...call);
      },
      removeEventListener: (...call: Parameters<typeof remove>) => {
        this.listeners -= 1;
        remove(...call);
      },
    };
    Object.assign(signal, counted);
  }
}

test('a step that ends, fails or runs out of time leaves no listener on a long-lived signal', async () => {
  const outer = new CountedSignal();
  const { signal } = outer.controller;
  await within(systemClock, 1_000, signal, () => {});
  await expect(within(systemClock, 1_000, signal, () => Promise.reject(new Error('x')))).rejects.toThrow('x');
  await expect(
    within(systemClock, 1_000, signal, () => {
      throw new Error('y');
    }),
  ).rejects.toThrow('y');
  await expect(within(systemClock, 1, signal, () => new Promise(() => {}))).rejects.toBeInstanceOf(DeadlinePassed);
  expect(outer.listeners).toBe(0);
});

test('a step is given up with the reason of the outer signal, and is told', async () => {
  const controller = new AbortController();
  const told: unknown[] = [];
  const step = (own: AbortSignal): Promise<void> => {
    own.addEventListener('abort', () => told.push(own.reason));
    return new Promise(() => {});
  };
  const running = within(systemClock, 1_000, controller.signal, step);
  controller.abort('enough');
  await expect(running).rejects.toBe('enough');
  expect(told).toEqual(['enough']);
  await expect(within(systemClock, 1_000, controller.signal, () => expect.unreachable())).rejects.toBe('enough');
});

test('a step that fails after it was given up is nobody’s unhandled rejection', async () => {
  let fail = (_: Error): void => {};
  const late = new Promise<void>((_, reject) => {
    fail = reject;
  });
  await expect(within(systemClock, 1, undefined, () => late)).rejects.toBeInstanceOf(DeadlinePassed);
  fail(new Error('late'));
  await new Promise((resolve) => setImmediate(resolve));
});
