import type { Bytes } from '@heddle/core';
import { sameAddress } from '../tcp/listeners.js';

export interface Ping {
  readonly to: Bytes;
  readonly sentAt: number;
  readonly nonce: Bytes;
  readonly answered: (milliseconds: number) => void;
  readonly failed: (reason: 'unreachable' | 'closed') => void;
}

const MOST = 4_096;

/** Echo requests that wait for their answer, by identifier and sequence. */
export class Pings {
  readonly #waiting = new Map<number, Ping>();
  #next: number;

  /** `first`: where identifiers begin, so that they cannot be guessed. */
  constructor(first: number) {
    this.#next = first >>> 0;
  }

  get isFull(): boolean {
    return this.#waiting.size >= MOST;
  }

  /** Returns the key: identifier in the high half, sequence in the low one. */
  add(ping: Ping): number {
    do this.#next = (this.#next + 1) >>> 0;
    while (this.#waiting.has(this.#next));
    this.#waiting.set(this.#next, ping);
    return this.#next;
  }

  cancel(key: number): void {
    this.#waiting.delete(key);
  }

  /** An answer from elsewhere, or with another nonce, is none. */
  answered(key: number, from: Bytes, data: Bytes, now: number): void {
    const ping = this.#waiting.get(key);
    if (ping === undefined || !sameAddress(ping.to, from) || !sameAddress(ping.nonce, data.subarray(0, ping.nonce.length))) return;
    this.#waiting.delete(key);
    ping.answered(now - ping.sentAt);
  }

  unreachable(key: number, to: Bytes): void {
    const ping = this.#waiting.get(key);
    if (ping === undefined || !sameAddress(ping.to, to)) return;
    this.#waiting.delete(key);
    ping.failed('unreachable');
  }

  close(): void {
    const all = [...this.#waiting.values()];
    this.#waiting.clear();
    for (const ping of all) ping.failed('closed');
  }
}
