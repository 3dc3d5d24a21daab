import type { Bytes, X25519Key } from '@heddle/crypto';
import type { IkInitiator } from '@heddle/crypto/noise';
import { COOKIE_REFRESH, INITIATION_SPACING, REKEY_TIMEOUT } from './protocol-times.js';
import { isLater } from './tai64n.js';

/*
 * Handshakes with one peer. What the WireGuard paper calls "initiation consumed", "response created" and "response consumed" happens
 * within one call here, so only two states can be observed:
 *
 *            an initiation was sent                                 response consumed, or data heard under a session that we answered
 *   zeroed ──────────────────────────▶ pending (initiation created) ──────────────────────────────────────────────────────────────▶ zeroed
 *
 * Other implementations have one state for both roles, so that answering the peer's initiation forgets our own. When two initiations
 * cross, both responses are then refused, and where the way is longer than the jitter they cross again for ever. Here both responses
 * are good: each side sends under the session that it began and receives under both. One side that does so is enough.
 */

const NEVER = Number.NEGATIVE_INFINITY;

/** An initiation of ours that waits for its response. */
export interface PendingInitiation {
  readonly index: number;
  readonly noise: IkInitiator;
}

/** What is remembered about handshakes with one peer, between the messages. */
export class PeerHandshake {
  pending: PendingInitiation | undefined;
  /** The initiator's one extra handshake shortly before a session expires has been used for this session. */
  lastMinuteUsed = false;
  #sentAt = NEVER;
  #consumedAt = NEVER;
  #hurriedAt = NEVER;
  #lastTimestamp: Bytes | undefined;
  #staticShared: Bytes | undefined;

  /** No initiation may be sent before this time. */
  get gateOpensAt(): number {
    return this.#sentAt + REKEY_TIMEOUT;
  }

  /** An initiation or a response of ours goes out. */
  sent(now: number): void {
    this.#sentAt = now;
  }

  openGate(): void {
    this.#sentAt = NEVER;
  }

  /** True once in the life of a cookie, so that nobody who forges cookies can make us send more than a few messages. */
  mayHurry(now: number): boolean {
    if (now - this.#hurriedAt < COOKIE_REFRESH) return false;
    this.#hurriedAt = now;
    return true;
  }

  /** DH of both static keys: costs a key agreement once per peer and private key. */
  staticShared(local: X25519Key, remote: Bytes): Bytes | undefined {
    this.#staticShared ??= local.agree(remote);
    return this.#staticShared;
  }

  /** True, and remembered, for a stamp later than all before that does not come in a flood. */
  consumeTimestamp(now: number, timestamp: Bytes): boolean {
    const last = this.#lastTimestamp;
    if ((last !== undefined && !isLater(timestamp, last)) || now - this.#consumedAt <= INITIATION_SPACING) return false;
    this.#lastTimestamp = timestamp;
    this.#consumedAt = now;
    return true;
  }

  /** Our private key has changed. What the peer has proven stays. */
  forgetOwnKey(): void {
    this.#staticShared = undefined;
    this.openGate();
  }
}
