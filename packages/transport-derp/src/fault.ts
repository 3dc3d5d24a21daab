import type { DerpErrorCode } from './errors.js';

/** Why a relay cannot be used just now. Never leaves this package: it becomes health. */
export class RelayFault extends Error {
  readonly code: DerpErrorCode;

  constructor(code: DerpErrorCode, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'RelayFault';
    this.code = code;
  }
}

/** Any throw as a fault. */
export function faultOf(thrown: unknown): RelayFault {
  if (thrown instanceof RelayFault) return thrown;
  const { code, message } = (thrown ?? {}) as { readonly code?: unknown; readonly message?: unknown };
  return new RelayFault('HEDDLE_DERP_UNREACHABLE', String(code ?? message ?? 'no connection'), thrown);
}

/** What would steer a terminal, break a line, or turn the direction of what follows. */
const UNPRINTABLE = /[\p{Cc}\p{Cs}\u2028\u2029\u202a-\u202e\u2066-\u2069]+/gu;

/** Text of a stranger that is shown to people: one line, bounded, without control characters. */
export function quoted(text: string, longest = 200): string {
  const line = text.replaceAll(UNPRINTABLE, ' ').trim();
  return line.length > longest ? `${line.slice(0, longest)}…` : line;
}
