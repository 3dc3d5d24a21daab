import type { Address, Bytes, Clock, Flow, FlowEvents } from '@heddle/core';

/** How long a visitor may take to finish when everything has been said to it, and how much it may say meanwhile. */
const PATIENCE = 5_000;
const MOST_BYTES = 256 * 1024;
/** Connections that linger at a time; one more is closed at once. */
const MOST = 1_024;
const PIECE = 16 * 1024;

/** Where connections wait for their visitors to finish. */
export interface Lingering {
  readonly clock: Pick<Clock, 'now' | 'at'>;
  readonly waiting: Set<Flow>;
}

/**
 * A flow that does not answer with a reset who says a last word after our end, such as the close_notify of TLS or the rest of a body that nobody
 * wanted: a reset may overtake the end of an answer, which is then lost to the visitor and to every relay on the way.
 */
export class LingeringFlow implements Flow {
  readonly local: Address;
  readonly remote: Address;
  readonly #flow: Flow;
  readonly #lingering: Lingering;
  #cancel: () => void = () => {};
  #heard = 0;

  constructor(flow: Flow, lingering: Lingering) {
    this.#flow = flow;
    this.#lingering = lingering;
    this.local = flow.local;
    this.remote = flow.remote;
  }

  write(bytes: Bytes): number {
    return this.#flow.write(bytes);
  }

  read(into: Bytes): number {
    return this.#flow.read(into);
  }

  shutdown(): void {
    this.#flow.shutdown();
  }

  close(): void {
    const { clock, waiting } = this.#lingering;
    if (waiting.size >= MOST) return this.#flow.close();
    waiting.add(this.#flow);
    this.#cancel = clock.at(clock.now() + PATIENCE, () => this.#letGo());
    this.#flow.on({ readable: () => this.#hear(), closed: () => this.#letGo() });
    this.#flow.shutdown();
    this.#hear();
  }

  reset(): void {
    this.#flow.reset();
  }

  on(events: FlowEvents): void {
    this.#flow.on(events);
  }

  setNoDelay(on: boolean): void {
    this.#flow.setNoDelay?.(on);
  }

  setKeepAlive(on: boolean, idle?: number): void {
    this.#flow.setKeepAlive?.(on, idle);
  }

  #hear(): void {
    const piece = new Uint8Array(PIECE);
    let count = 1;
    while (count > 0 && this.#heard < MOST_BYTES && this.#lingering.waiting.has(this.#flow)) {
      count = this.#flow.read(piece);
      this.#heard += Math.max(0, count);
    }
    if (count !== 0) this.#letGo();
  }

  #letGo(): void {
    if (!this.#lingering.waiting.delete(this.#flow)) return;
    this.#cancel();
    this.#flow.close();
  }
}
