import type { Stack } from '@heddle/core';

/** A Stack with one fault, and the rule that must find it. */
export interface StackMutant {
  readonly fault: string;
  readonly rule: string;
  /** What the message must say. */
  readonly word: RegExp;
  readonly make: () => Stack;
}

export function mutant(fault: string, rule: string, word: RegExp, made: new () => Stack): StackMutant {
  return { fault, rule: `stack/${rule}`, word, make: () => new made() };
}
