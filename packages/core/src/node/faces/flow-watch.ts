import { nextTick } from 'node:process';
import type { Flow, FlowError } from '../../contracts/flows.js';

export interface FlowWatcher {
  readable(): void;
  writable(): void;
  closed(error: FlowError | undefined): void;
}

/**
 * Hands the events of a flow on outside the stack that tells them: what an application throws in a handler is its own exception
 * and not a fault of the Stack, and an application never runs inside a packet. However many events come at once, there is one tick.
 */
export class FlowWatch {
  readonly #watcher: FlowWatcher;
  #flow: Flow | undefined;
  #scheduled = false;
  #readable = false;
  #writable = false;
  #closed: { readonly error: FlowError | undefined } | undefined;

  constructor(flow: Flow, watcher: FlowWatcher) {
    this.#flow = flow;
    this.#watcher = watcher;
    flow.on({
      readable: () => {
        this.#readable = true;
        this.#schedule();
      },
      writable: () => {
        this.#writable = true;
        this.#schedule();
      },
      closed: (error) => {
        this.#closed = { error };
        this.#schedule();
      },
    });
  }

  stop(): void {
    this.#flow?.on({});
    this.#flow = undefined;
  }

  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    nextTick(() => this.#tell());
  }

  /** Bytes first: what arrived before the end is still read. */
  #tell(): void {
    this.#scheduled = false;
    const { readable, writable, closed } = { readable: this.#readable, writable: this.#writable, closed: this.#closed };
    this.#readable = false;
    this.#writable = false;
    if (readable && this.#flow !== undefined) this.#watcher.readable();
    if (writable && this.#flow !== undefined) this.#watcher.writable();
    if (closed !== undefined && this.#flow !== undefined) this.#watcher.closed(closed.error);
  }
}
