import { KEEPALIVE_TIMEOUT, LAST_RETRY, NEW_HANDSHAKE_AFTER, REKEY_TIMEOUT, ZERO_KEYS_AFTER } from './protocol-times.js';

const NEVER = Number.POSITIVE_INFINITY;

/*
 * The timers of one peer
 *
 *   retransmit   an initiation was sent                       5 s + jitter    send again, 20 times in all
 *   keepalive    data received                                10 s            send a keepalive
 *   handshake    data sent, nothing heard                     15 s + jitter   new handshake
 *   zero         a session was derived                        540 s           forget all keys
 *   persistent   anything authenticated sent or received      the interval    send a keepalive
 */

/** What the owner must do when a timer is due. */
export type TimerEvent = 'retransmit' | 'give-up' | 'keepalive' | 'new-handshake' | 'zero-keys' | 'persistent-keepalive';

/** The timers of one peer as plain deadlines: exact, and without any clock. */
export class PeerTimers {
  readonly #jitter: () => number;
  #retransmitAt = NEVER;
  #keepaliveAt = NEVER;
  #newHandshakeAt = NEVER;
  #zeroKeysAt = NEVER;
  #persistentAt = NEVER;
  #interval = 0;
  #attempts = 0;
  #needsAnotherKeepalive = false;

  /** `jitter` is asked once per armed timer that is spread, not per packet. */
  constructor(jitter: () => number) {
    this.#jitter = jitter;
  }

  /** Milliseconds; 0 is off. */
  get persistentKeepalive(): number {
    return this.#interval;
  }

  set persistentKeepalive(interval: number) {
    this.#interval = interval;
    if (interval === 0) this.#persistentAt = NEVER;
  }

  /** The earliest time at which `expire` has something to say. */
  nextDeadline(): number {
    return Math.min(this.#retransmitAt, this.#keepaliveAt, this.#newHandshakeAt, this.#zeroKeysAt, this.#persistentAt);
  }

  /** A data packet, a keepalive or a handshake message of ours goes out. */
  authenticatedSent(now: number): void {
    this.#keepaliveAt = NEVER;
    this.#traversed(now);
  }

  /** The same came in. */
  authenticatedReceived(now: number): void {
    this.#newHandshakeAt = NEVER;
    this.#traversed(now);
  }

  /** The wait counts from the first unanswered packet: later ones do not move it. */
  dataSent(now: number): void {
    if (this.#newHandshakeAt === NEVER) this.#newHandshakeAt = now + NEW_HANDSHAKE_AFTER + this.#jitter();
  }

  dataReceived(now: number): void {
    if (this.#keepaliveAt === NEVER) this.#keepaliveAt = now + KEEPALIVE_TIMEOUT;
    else this.#needsAnotherKeepalive = true;
  }

  initiationSent(now: number): void {
    this.#retransmitAt = now + REKEY_TIMEOUT + this.#jitter();
  }

  /** The initiation that waits for its answer is sent again after the jitter alone. */
  retransmitSoon(now: number): void {
    if (this.#retransmitAt !== NEVER) this.#retransmitAt = Math.min(this.#retransmitAt, now + this.#jitter());
  }

  /** An initiation was wanted before the gate opens. Without this, the retries would end at a gate that our own response has shut. */
  initiationHeldBack(until: number): void {
    if (this.#retransmitAt === NEVER) this.#retransmitAt = until + this.#jitter();
  }

  /** Somebody other than the retransmission wants a handshake: all attempts are free again. */
  resetAttempts(): void {
    this.#attempts = 0;
  }

  sessionDerived(now: number): void {
    this.#zeroKeysAt = now + ZERO_KEYS_AFTER;
  }

  handshakeComplete(): void {
    this.#retransmitAt = NEVER;
    this.#attempts = 0;
  }

  /** To be called after the keepalive that 'keepalive' asked for, because sending it cancels the timer. */
  keepaliveSent(now: number): void {
    if (!this.#needsAnotherKeepalive) return;
    this.#needsAnotherKeepalive = false;
    this.#keepaliveAt = now + KEEPALIVE_TIMEOUT;
  }

  /** The handshake or the session that these timers were about is gone. */
  clear(): void {
    this.#retransmitAt = NEVER;
    this.#keepaliveAt = NEVER;
    this.#newHandshakeAt = NEVER;
    this.#zeroKeysAt = NEVER;
    this.#persistentAt = NEVER;
    this.#attempts = 0;
    this.#needsAnotherKeepalive = false;
  }

  /** Disarms one due timer and says what it is about; undefined when none is due. Call it until then. */
  expire(now: number): TimerEvent | undefined {
    if (this.#retransmitAt <= now) return this.#expireRetransmit(now);
    if (this.#keepaliveAt <= now) {
      this.#keepaliveAt = NEVER;
      return 'keepalive';
    }
    if (this.#newHandshakeAt <= now) {
      this.#newHandshakeAt = NEVER;
      return 'new-handshake';
    }
    if (this.#zeroKeysAt <= now) {
      this.#zeroKeysAt = NEVER;
      return 'zero-keys';
    }
    return this.#persistentAt <= now ? this.#expirePersistent(now) : undefined;
  }

  #expireRetransmit(now: number): TimerEvent {
    this.#retransmitAt = NEVER;
    if (this.#attempts <= LAST_RETRY) {
      this.#attempts++;
      return 'retransmit';
    }
    this.#keepaliveAt = NEVER;
    if (this.#zeroKeysAt === NEVER) this.#zeroKeysAt = now + ZERO_KEYS_AFTER;
    return 'give-up';
  }

  #expirePersistent(now: number): TimerEvent {
    this.#persistentAt = now + this.#interval;
    return 'persistent-keepalive';
  }

  #traversed(now: number): void {
    if (this.#interval > 0) this.#persistentAt = now + this.#interval;
  }
}
