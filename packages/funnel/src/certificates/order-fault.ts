import { HeddleError } from '@heddle/core';

/** Why an order came to nothing. */
export class OrderFault extends HeddleError {
  /** Milliseconds for which the CA asked not to be asked again. */
  readonly retryAfter: number;

  constructor(message: string, { retryAfter = 0, cause }: { readonly retryAfter?: number; readonly cause?: unknown } = {}) {
    super('HEDDLE_CERTIFICATE_ORDER', message, cause === undefined ? undefined : { cause });
    this.retryAfter = retryAfter;
  }
}

const UNPRINTABLE = /[\p{Cc}\p{Cs}\u2028\u2029\u202a-\u202e\u2066-\u2069]+/gu;
const KEY_BLOCK = /-----BEGIN[^-]*PRIVATE KEY-----[\s\S]*?(-----END[^-]*-----|$)/g;

/** Text of a stranger for people: one line, bounded, and never a key. */
export function oneLine(text: string, longest = 300): string {
  const line = text.replaceAll(KEY_BLOCK, '(a key)').replaceAll(UNPRINTABLE, ' ').trim();
  return line.length > longest ? `${line.slice(0, longest)}…` : line;
}

/** What happened, in the words of whoever threw. */
export function saysOf(thrown: unknown): string {
  return oneLine(thrown instanceof Error ? thrown.message || thrown.name : String(thrown));
}
