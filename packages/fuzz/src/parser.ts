import { isDeepStrictEqual } from 'node:util';

/** Feeds one input to a parser. It throws what the parser throws against its word, and when a promise of the parser is broken. The input is only read. */
export type Run = (input: Uint8Array) => void;

/** What the harness must know about one parser. */
export interface Parser {
  readonly name: string;
  /** Texts are damaged token by token, too. */
  readonly kind: 'bytes' | 'text';
  /** Valid input: mutations start from it. */
  readonly seeds: readonly Uint8Array[];
  /** For texts: words that mean something here. */
  readonly words?: readonly string[];
  /** No input is longer. Default 2048. */
  readonly longest?: number;
  /** A parser that remembers nothing of inputs before. */
  start(): Run;
}

/** A parser with nothing to remember. */
export function stateless(parser: Omit<Parser, 'start'>, run: Run): Parser {
  return { ...parser, start: () => run };
}

/** Throws when a promise is broken. */
export function promise(kept: boolean, what: string): asserts kept {
  if (!kept) throw new Error(`broken promise: ${what}`);
}

/** Throws unless both values are the same, bytes and maps included. */
export function promiseSame(a: unknown, b: unknown, what: string): void {
  promise(sameBytes(a, b) || isDeepStrictEqual(a, b), what);
}

/** Seen at once: node compares two arrays of bytes key by key, too. */
function sameBytes(a: unknown, b: unknown): boolean {
  return a instanceof Uint8Array && b instanceof Uint8Array && a.constructor === b.constructor && Buffer.compare(a, b) === 0;
}

/** What `read` gives, or undefined where it throws one of the codes that its documentation names. */
export function unlessRefused<T>(codes: readonly string[], read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (codes.includes(String((error as { code?: unknown }).code))) return undefined;
    throw error;
  }
}
