import type { PathSelector, Prober } from '@heddle/core';
import { goodProber, goodSelector } from '../good-selector.js';

/** A PathSelector with one fault, and the rule that must find it. */
export interface PathSelectorMutant {
  readonly fault: string;
  readonly rule: string;
  readonly word: RegExp;
  readonly make: () => PathSelector;
}

/** Of a PathSelector without a fault but in its policy. */
export function policy(fault: string, rule: string, word: RegExp, make: () => PathSelector['decide']): PathSelectorMutant {
  return { fault, rule: `path-selector/${rule}`, word, make: () => ({ ...goodSelector(), decide: make() }) };
}

/** Of a PathSelector without a fault but in its prober. */
export function prober(fault: string, rule: string, word: RegExp, broken: Partial<Prober>): PathSelectorMutant {
  return { fault, rule: `path-selector/${rule}`, word, make: () => ({ ...goodSelector(), prober: { ...goodProber(), ...broken } }) };
}
