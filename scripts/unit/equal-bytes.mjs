// vitest compares bytes one by one, as it compares any value: 2 ms for one packet. Equal ones are seen at once here; all else is left to it.
import { expect } from 'vitest';

const MARK = Symbol.for('heddle.equal-bytes');

/**
 * @param {unknown} a
 * @param {unknown} b
 * @returns {true | undefined}
 */
function equalBytes(a, b) {
  if (!(a instanceof Uint8Array && b instanceof Uint8Array) || a.constructor !== b.constructor) return undefined;
  return Buffer.compare(a, b) === 0 || undefined;
}

// Files share a process, and so what is told to `expect` once.
if (!Reflect.has(globalThis, MARK)) {
  Reflect.set(globalThis, MARK, true);
  expect.addEqualityTesters([equalBytes]);
}
