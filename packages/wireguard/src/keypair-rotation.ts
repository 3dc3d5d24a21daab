import type { Keypair } from './keypair.js';

/*
 * Key pairs of one peer.
 *
 *   derived, we are initiator      previous = next if there is one (and current is deleted), else current;  current = new
 *   derived, we are responder      next = new;  previous is deleted
 *   first valid data on next       previous = current;  current = next
 *
 * All three receive; only current sends. So a responder does not send before it has heard that the initiator has the keys.
 */

/** Which key pairs a peer has, and which of them sends. */
export class KeypairRotation {
  readonly #discard: (keypair: Keypair) => void;
  #previous: Keypair | undefined;
  #current: Keypair | undefined;
  #next: Keypair | undefined;

  /** `discard` is called once for each pair that leaves. */
  constructor(discard: (keypair: Keypair) => void) {
    this.#discard = discard;
  }

  get current(): Keypair | undefined {
    return this.#current;
  }

  get previous(): Keypair | undefined {
    return this.#previous;
  }

  get next(): Keypair | undefined {
    return this.#next;
  }

  derivedAsInitiator(keypair: Keypair): void {
    this.#drop(this.#previous);
    if (this.#next === undefined) {
      this.#previous = this.#current;
    } else {
      this.#drop(this.#current);
      this.#previous = this.#next;
      this.#next = undefined;
    }
    this.#current = keypair;
  }

  derivedAsResponder(keypair: Keypair): void {
    this.#drop(this.#next);
    this.#drop(this.#previous);
    this.#previous = undefined;
    this.#next = keypair;
  }

  /** Valid data came in under this pair. True when that has made it the current one. */
  received(keypair: Keypair): boolean {
    if (keypair !== this.#next) return false;
    this.#drop(this.#previous);
    this.#previous = this.#current;
    this.#current = keypair;
    this.#next = undefined;
    return true;
  }

  /** No pair sends any more: our own key has changed. */
  exhaust(): void {
    this.#current?.exhaust();
    this.#next?.exhaust();
  }

  /** Makes all pairs older and deletes those that have expired thereby. True when one was deleted. */
  age(now: number, milliseconds: number): boolean {
    const before = this.#pairs();
    for (const keypair of before) keypair.addAge(milliseconds);
    this.#previous = this.#unlessExpired(this.#previous, now);
    this.#current = this.#unlessExpired(this.#current, now);
    this.#next = this.#unlessExpired(this.#next, now);
    return this.#pairs().length < before.length;
  }

  clear(): void {
    for (const keypair of this.#pairs()) this.#discard(keypair);
    this.#previous = undefined;
    this.#current = undefined;
    this.#next = undefined;
  }

  #pairs(): Keypair[] {
    return [this.#previous, this.#current, this.#next].filter((keypair) => keypair !== undefined);
  }

  #unlessExpired(keypair: Keypair | undefined, now: number): Keypair | undefined {
    if (!keypair?.isExpired(now)) return keypair;
    this.#discard(keypair);
    return undefined;
  }

  #drop(keypair: Keypair | undefined): void {
    if (keypair !== undefined) this.#discard(keypair);
  }
}
