import { type Token, token } from '@heddle/core';
import type { Observable } from 'rxjs';
import type { Condition } from './health/health-board.js';

/** What a ts2021 control can do beyond the contract of a Control. */
export interface Ts2021 {
  /** The control server's key that this node trusts, as `mkey:…`; undefined before it was seen. */
  readonly serverKey: string | undefined;
  /** Consents to another key of the control server, which was shown in the health text, and tries again at once. */
  acceptServerKey(key: string): Promise<void>;
  /** Everything that is wrong just now, the worst first; health$ shows only the worst. Replays. */
  readonly conditions$: Observable<readonly Condition[]>;
}

/** Under which a running node gives its control: `node.get(Ts2021).acceptServerKey(…)`. */
export const Ts2021: Token<Ts2021> = token<Ts2021>('@heddle/control-ts2021/Ts2021');
