import type { Clock, Logger } from '@heddle/core';
import { ControlFault, faultOf } from '../dial/fault.js';
import type { BackOff } from '../poll/back-off.js';
import type { Board } from './board.js';
import type { ControlLink } from './link.js';
import type { PollEnd } from './poll.js';
import type { Registrar } from './registrar.js';
import { pauseUntil } from './time.js';

export interface LifeParts {
  readonly clock: Clock;
  readonly log: Logger;
  readonly board: Board;
  readonly link: ControlLink;
  readonly registrar: Registrar;
  readonly backOff: BackOff;
  /** Follows one stream of maps. */
  poll(signal: AbortSignal, approved: boolean): Promise<PollEnd>;
  /** The server does not know this node any more. */
  forget(): Promise<void>;
  /** The key of this node has expired: it has no peers now. */
  expired(): void;
}

/** What is to be done before the next poll. */
interface Errand {
  readonly register: boolean;
  readonly rotateFirst: boolean;
}

/** The life of a control from its start to its end: register, follow the map, wait, again. One thing at a time; each round can be broken off. */
export class Life {
  readonly #parts: LifeParts;
  readonly #end = new AbortController();
  #round = new AbortController();
  #errand: Errand = { register: true, rotateFirst: false };
  #loggedOut = false;
  #approved = true;
  /** Since when the server has given maps. */
  #goodSince: number | undefined;
  #registered: { resolve(): void; reject(fault: unknown): void }[] = [];

  constructor(parts: LifeParts) {
    this.#parts = parts;
  }

  /** Resolves after `stop`. */
  async run(): Promise<void> {
    while (!this.#end.signal.aborted) {
      this.#round = new AbortController();
      const { clock } = this.#parts;
      const nextAt = this.#loggedOut ? Number.POSITIVE_INFINITY : await this.#once(clock.now());
      await pauseUntil(clock, nextAt, this.#round.signal);
    }
  }

  stop(): void {
    this.#end.abort();
    this.#round.abort(new Error('the control was closed'));
    this.#tellWaiting((each) => each.reject(new Error('the control was closed')));
  }

  /** Breaks off what goes on, or a pause, and begins a new round. */
  again(): void {
    this.#round.abort(new Error('something else is to be done'));
  }

  /** Registers with a new key. Resolves when the server has accepted it. */
  login(): Promise<void> {
    // After a logout the key is a new one already.
    this.#errand = { register: true, rotateFirst: !this.#loggedOut };
    this.#loggedOut = false;
    this.#parts.registrar.reset();
    this.#parts.backOff.reset();
    const done = new Promise<void>((resolve, reject) => this.#registered.push({ resolve, reject }));
    this.again();
    return done;
  }

  /** Nothing is done until `login`. */
  loggedOut(): void {
    this.#loggedOut = true;
    this.#errand = { register: true, rotateFirst: false };
    this.#parts.registrar.reset();
    this.again();
  }

  /** The first map of a poll is in use. */
  good(): void {
    this.#goodSince = this.#parts.clock.now();
  }

  get isLoggedOut(): boolean {
    return this.#loggedOut;
  }

  /** One round; when the next one begins. */
  async #once(began: number): Promise<number> {
    const { signal } = this.#round;
    try {
      if (this.#errand.register) await this.#register(signal);
      return await this.#after(await this.#parts.poll(signal, this.#approved));
    } catch (thrown) {
      return signal.aborted ? this.#parts.clock.now() : this.#failed(faultOf(thrown), began);
    }
  }

  async #register(signal: AbortSignal): Promise<void> {
    this.#approved = await this.#parts.registrar.register(this.#errand.rotateFirst, signal);
    this.#errand = { register: false, rotateFirst: false };
    this.#tellWaiting((each) => each.resolve());
  }

  async #after(end: PollEnd): Promise<number> {
    const { clock, backOff, board } = this.#parts;
    const now = clock.now();
    if (end.is === 'ended')
      return this.#failed(new ControlFault('HEDDLE_TS2021_BROKEN', 'the control server ended the stream of maps'), now);
    this.#settle(now);
    if (end.is === 'sleep') {
      const retryAt = now + end.milliseconds;
      board.state({ is: 'offline', reason: 'the control server asked for a pause', retryAt });
      return retryAt;
    }
    this.#errand = { register: true, rotateFirst: end.is === 'expired' };
    if (end.is === 'expired') this.#parts.expired();
    else await this.#parts.forget();
    return backOff.failed('refused', now, now);
  }

  #failed(fault: ControlFault, began: number): number {
    const { clock, backOff, board, log } = this.#parts;
    const now = clock.now();
    this.#settle(now);
    const retryAt = backOff.failed(fault.isRefusal ? 'refused' : 'silent', began, now, fault.details.retryAfter);
    log.warn({ code: fault.code, retryIn: Math.round(retryAt - now) }, board.shown(fault.message));
    board.failed(fault, retryAt);
    if (fault.code === 'HEDDLE_TS2021_REGISTER') this.#tellWaiting((each) => each.reject(fault));
    return retryAt;
  }

  /** What failed before a poll that lasted is forgotten. */
  #settle(now: number): void {
    if (this.#goodSince !== undefined) this.#parts.backOff.held(this.#goodSince, now);
    this.#goodSince = undefined;
  }

  #tellWaiting(tell: (each: { resolve(): void; reject(fault: unknown): void }) => void): void {
    const waiting = this.#registered;
    this.#registered = [];
    for (const each of waiting) tell(each);
  }
}
