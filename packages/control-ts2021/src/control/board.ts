import type { Clock, ControlState, Health } from '@heddle/core';
import { BehaviorSubject, type Observable } from 'rxjs';
import { type ControlFault, withoutSecret } from '../dial/fault.js';
import type { Ts2021ErrorCode } from '../errors.js';
import { type Condition, HealthBoard } from '../health/health-board.js';

/** What is over as soon as the server has given a map. */
const OF_CONNECTION: readonly Ts2021ErrorCode[] = [
  'HEDDLE_TS2021_SERVER_KEY',
  'HEDDLE_TS2021_AUTH_KEY_FILE',
  'HEDDLE_TS2021_UNREACHABLE',
  'HEDDLE_TS2021_TLS',
  'HEDDLE_TS2021_REFUSED',
  'HEDDLE_TS2021_NOT_CONTROL',
  'HEDDLE_TS2021_HANDSHAKE',
  'HEDDLE_TS2021_BROKEN',
  'HEDDLE_TS2021_MAP',
  'HEDDLE_TS2021_REGISTER',
];

/** What the outside sees of a control: its state, the worst that is wrong, and all that is wrong. */
export class Board {
  readonly state$: Observable<ControlState>;
  readonly health$: Observable<Health>;
  readonly conditions$: Observable<readonly Condition[]>;
  readonly #state = new BehaviorSubject<ControlState>({ is: 'offline', reason: 'not open yet' });
  readonly #health = new BehaviorSubject<Health>({ ok: true, since: 0 });
  readonly #conditions = new BehaviorSubject<readonly Condition[]>([]);
  readonly #clock: Pick<Clock, 'now'>;
  readonly #board: HealthBoard;
  #secret: string | undefined;

  constructor(clock: Pick<Clock, 'now'>) {
    this.#clock = clock;
    this.#board = new HealthBoard(clock.now());
    this.state$ = this.#state.asObservable();
    this.health$ = this.#health.asObservable();
    this.conditions$ = this.#conditions.asObservable();
  }

  /** What is said from now on does not have it, whoever repeats it. Undefined: what it was before. */
  keepSecret(secret: string | undefined): void {
    this.#secret = secret ?? this.#secret;
  }

  /** A text as it may be shown and logged. */
  shown(text: string): string {
    return withoutSecret(text, this.#secret);
  }

  /** Says a state, unless it is said already. */
  state(state: ControlState): void {
    if (JSON.stringify(state) !== JSON.stringify(this.#state.value)) this.#state.next(state);
  }

  /** Undefined: it is over. */
  condition(code: Ts2021ErrorCode, text: string | undefined): void {
    const now = this.#clock.now();
    if (text === undefined ? this.#board.clear([code], now) : this.#board.set(code, this.shown(text), now)) this.#tell();
  }

  /** A try has failed; the next one is at `retryAt`. */
  failed(fault: ControlFault, retryAt: number): void {
    const now = this.#clock.now();
    this.#board.clear(
      OF_CONNECTION.filter((code) => code !== fault.code),
      now,
    );
    const text = this.shown(fault.message);
    this.#board.set(fault.code, text, now);
    this.#tell();
    if (fault.code === 'HEDDLE_TS2021_REGISTER') this.state({ is: 'needs-login', url: undefined });
    else this.state({ is: 'offline', reason: text, retryAt });
  }

  /** The server has given a map. */
  connected(approved: boolean): void {
    if (this.#board.clear(OF_CONNECTION, this.#clock.now())) this.#tell();
    this.condition('HEDDLE_TS2021_LOGIN', approved ? undefined : 'an administrator has to approve this node');
    this.state({ is: approved ? 'online' : 'needs-approval' });
  }

  /** Somebody has to log in. */
  login(url: string | undefined): void {
    this.condition('HEDDLE_TS2021_LOGIN', url === undefined ? 'this node is logged out' : `open ${url} to log this node in`);
    this.state({ is: 'needs-login', url });
  }

  complete(): void {
    this.state({ is: 'offline', reason: 'closed' });
    this.#state.complete();
    this.#health.complete();
    this.#conditions.complete();
  }

  #tell(): void {
    this.#conditions.next(this.#board.conditions);
    this.#health.next(this.#board.health);
  }
}
