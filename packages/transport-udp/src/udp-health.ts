import type { Clock, Health } from '@heddle/core';

/** How long a fault that sockets survive stays in health after its last occurrence. */
const FAULT_SHOWN_FOR = 10_000;
/** Different faults that are named at a time. */
const FAULTS_NAMED = 8;

export interface Notice {
  readonly ok: boolean;
  readonly code?: string;
  readonly text?: string;
}

/**
 * What health says: the most urgent of three, which come and go without touching each other.
 *
 *   lost      sockets are missing        until they are open again
 *   fault     datagrams were refused     until 10 s after the last one
 *   standing  how the sockets are        until they are opened anew: another port than asked for, a family that is not there
 */
export class UdpHealth {
  readonly #clock: Clock;
  readonly #say: (health: Health) => void;
  readonly #faults = new Set<string>();
  #standing: Notice = { ok: true };
  #lost: string | undefined;
  #shown: Notice = { ok: true };
  #faultsEnd = 0;
  #heals: (() => void) | undefined;

  constructor(clock: Clock, say: (health: Health) => void) {
    this.#clock = clock;
    this.#say = say;
  }

  opened(standing: Notice): void {
    this.#standing = standing;
    this.#lost = undefined;
    this.#show();
  }

  lost(text: string): void {
    this.#lost = text;
    this.#show();
  }

  /** Called for each refused datagram: sets one timer for all of them, and speaks only of what is new. */
  fault(text: string): void {
    this.#faultsEnd = this.#clock.now() + FAULT_SHOWN_FOR;
    this.#heals ??= this.#clock.at(this.#faultsEnd, () => this.#heal());
    if (this.#faults.has(text) || this.#faults.size >= FAULTS_NAMED) return;
    this.#faults.add(text);
    this.#show();
  }

  stop(): void {
    this.#heals?.();
    this.#heals = undefined;
  }

  #heal(): void {
    const over = this.#clock.now() >= this.#faultsEnd;
    this.#heals = over ? undefined : this.#clock.at(this.#faultsEnd, () => this.#heal());
    if (!over) return;
    this.#faults.clear();
    this.#show();
  }

  #show(): void {
    const { ok, code, text } = this.#mostUrgent();
    if (ok === this.#shown.ok && code === this.#shown.code && text === this.#shown.text) return;
    this.#shown = { ok, ...(code !== undefined && { code }), ...(text !== undefined && { text }) };
    this.#say({ ...this.#shown, since: this.#clock.now() });
  }

  #mostUrgent(): Notice {
    if (this.#lost !== undefined) return { ok: false, code: 'HEDDLE_UDP_SOCKETS', text: this.#lost };
    if (this.#faults.size === 0) return this.#standing;
    return { ok: false, code: 'HEDDLE_UDP_FAULT', text: `datagrams were refused: ${[...this.#faults].join(', ')}` };
  }
}
