import type { Ts2021ErrorCode } from '../errors.js';

export interface FaultDetails {
  /** Of an HTTP answer. */
  readonly status?: number;
  /** Milliseconds for which the server asked not to be tried. */
  readonly retryAfter?: number;
  /** A request that certainly did not reach the server: it may go to another connection. */
  readonly unsent?: boolean;
  /** The key that the server shows now, where that is the fault. */
  readonly shownKey?: string;
  readonly cause?: unknown;
}

/** What went wrong between this node and its control server. Never leaves this package: it becomes state and health. */
export class ControlFault extends Error {
  readonly code: Ts2021ErrorCode;
  readonly details: FaultDetails;

  constructor(code: Ts2021ErrorCode, message: string, details: FaultDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = 'ControlFault';
    this.code = code;
    this.details = details;
  }

  /** The server, or something before it, answered and said no: to be asked again less often than one that is silent. */
  get isRefusal(): boolean {
    return this.code !== 'HEDDLE_TS2021_UNREACHABLE' && this.code !== 'HEDDLE_TS2021_BROKEN';
  }
}

/** Any throw as a fault: what is none of ours counts as a connection that broke. */
export function faultOf(thrown: unknown): ControlFault {
  if (thrown instanceof ControlFault) return thrown;
  const text = thrown instanceof Error ? thrown.message : 'the connection broke';
  return new ControlFault('HEDDLE_TS2021_BROKEN', text, { cause: thrown });
}

/** What would steer a terminal, break a line, or turn the direction of what follows. */
const UNPRINTABLE = /[\p{Cc}\p{Cs}\u2028\u2029\u202a-\u202e\u2066-\u2069]+/gu;

/** Keys as they are written in this protocol. An `hskey-authreq-…` is none: it stands in login URLs. */
const SECRET = /\b(?:tskey|hskey-(?!authreq-)[a-z]+)-[\w-]+|\bprivkey:[0-9a-f]+/gi;
/** What is shorter stands in other words and in URLs, too: it is hidden where it stands alone. */
const SHORTEST_SECRET = 16;

/** Text of a stranger that is shown to people: one line, bounded, without control characters, and without a key that it may repeat. */
export function quoted(text: string, longest = 200): string {
  return oneLine(withoutKeys(text), longest);
}

/** A text in one line, bounded and without control characters. */
export function oneLine(text: string, longest: number): string {
  const line = text.replaceAll(UNPRINTABLE, ' ').trim();
  return line.length > longest ? `${line.slice(0, longest)}…` : line;
}

/** A text without what looks like a key. */
export function withoutKeys(text: string): string {
  return text.replaceAll(SECRET, '…');
}

/** A text without this secret, whatever it looks like; a short one is left where it is a part of a word. */
export function withoutSecret(text: string, secret: string | undefined): string {
  if (secret === undefined || secret === '') return text;
  return isLong(secret) ? text.replaceAll(secret, '…') : text.replaceAll(aloneIn(secret), '…');
}

/** A URL is of no use without what may happen to be a short secret. */
export function urlWithoutSecret(url: string, secret: string | undefined): string {
  return secret !== undefined && isLong(secret) ? url.replaceAll(secret, '…') : url;
}

function isLong(secret: string): boolean {
  return secret.length >= SHORTEST_SECRET;
}

function aloneIn(secret: string): RegExp {
  return new RegExp(`(?<![\\w-])${secret.replaceAll(/[^\w]/g, '\\$&')}(?![\\w-])`, 'g');
}
