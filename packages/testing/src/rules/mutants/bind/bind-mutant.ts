import type { Bind } from '@heddle/core';
import type { Exchange } from '../good-bind.js';

/** A Bind with one fault, and the rule that must find it. */
export interface BindMutant {
  readonly fault: string;
  readonly rule: string;
  /** What the message must say. */
  readonly word: RegExp;
  readonly make: (exchange: Exchange, name: string) => Bind;
}

type Made = new (exchange: Exchange, name: string) => Bind;

export function mutant(fault: string, rule: string, word: RegExp, made: Made): BindMutant {
  return { fault, rule: `bind/${rule}`, word, make: (exchange, name) => new made(exchange, name) };
}
