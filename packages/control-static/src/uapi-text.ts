import type { UapiSet } from './uapi-operation.js';
import { UapiReader } from './uapi-reader.js';
import { ERRNO } from './uapi-values.js';

/** Why a text is no operation. */
export interface UapiFault {
  readonly errno: number;
  readonly line: number;
}

/** True for what is meant as UAPI text. */
export function looksLikeUapi(text: string): boolean {
  return /^set=1\r?\n/.test(text) || text === 'set=1';
}

/** Reads exactly one `set=1`; its empty last line may be missing. Never throws. */
export function parseUapiSet(text: string): UapiSet | UapiFault {
  const bytes = new TextEncoder().encode(`${text.replace(/\n*$/, '')}\n\n`);
  const [first, second] = new UapiReader().push(bytes);
  if (first?.is === 'failed') return first;
  if (first?.is === 'set' && second === undefined) return first.operation;
  return { errno: ERRNO.invalid, line: 1 };
}
