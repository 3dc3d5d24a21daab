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
  const bytes = new TextEncoder().encode(`${withoutLastLines(text)}\n\n`);
  const [first, second] = new UapiReader().push(bytes);
  if (first?.is === 'failed') return first;
  if (first?.is === 'set' && second === undefined) return first.operation;
  return { errno: ERRNO.invalid, line: 1 };
}

/** Without its empty last lines. (A regular expression takes a second for 50,000 empty lines in the middle of a text.) */
function withoutLastLines(text: string): string {
  let end = text.length;
  while (text[end - 1] === '\n') end--;
  return text.slice(0, end);
}
