import type { Health } from '@heddle/core';
import type { Ts2021ErrorCode } from '../errors.js';

/** One thing that is not as it should be. */
export interface Condition {
  readonly code: Ts2021ErrorCode;
  readonly text: string;
  /** clock.now() at which it began. */
  readonly since: number;
}

/** The worst first: what keeps the node from its tailnet, then what will, then what is only worth knowing. */
const ORDER: readonly Ts2021ErrorCode[] = [
  'HEDDLE_TS2021_SERVER_KEY',
  'HEDDLE_TS2021_AUTH_KEY_FILE',
  'HEDDLE_TS2021_REGISTER',
  'HEDDLE_TS2021_KEY_EXPIRED',
  'HEDDLE_TS2021_LOGIN',
  'HEDDLE_TS2021_NOT_CONTROL',
  'HEDDLE_TS2021_TLS',
  'HEDDLE_TS2021_REFUSED',
  'HEDDLE_TS2021_HANDSHAKE',
  'HEDDLE_TS2021_MAP',
  'HEDDLE_TS2021_UNREACHABLE',
  'HEDDLE_TS2021_BROKEN',
  'HEDDLE_TS2021_KEY_EXPIRES',
  'HEDDLE_TS2021_MESSAGE',
  'HEDDLE_TS2021_CLOCK',
];

/** Everything that is wrong just now. Each code stands for one condition, which keeps its beginning while its text changes. */
export class HealthBoard {
  readonly #conditions = new Map<Ts2021ErrorCode, Condition>();
  #since: number;

  constructor(now: number) {
    this.#since = now;
  }

  /** True when something changed. */
  set(code: Ts2021ErrorCode, text: string, now: number): boolean {
    const before = this.#conditions.get(code);
    if (before?.text === text) return false;
    this.#conditions.set(code, { code, text, since: before?.since ?? now });
    return true;
  }

  /** True when something changed. */
  clear(codes: Iterable<Ts2021ErrorCode>, now: number): boolean {
    const cleared = [...codes].filter((code) => this.#conditions.delete(code));
    if (cleared.length > 0 && this.#conditions.size === 0) this.#since = now;
    return cleared.length > 0;
  }

  /** The worst first. */
  get conditions(): readonly Condition[] {
    return [...this.#conditions.values()].sort((a, b) => ORDER.indexOf(a.code) - ORDER.indexOf(b.code));
  }

  /** The worst condition. */
  get health(): Health {
    const [worst] = this.conditions;
    return worst === undefined ? { ok: true, since: this.#since } : { ok: false, ...worst };
  }
}
