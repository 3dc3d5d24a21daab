import { nextTick } from 'node:process';
import { setImmediate } from 'node:timers';
import type { Flow, FlowError } from '../../contracts/flows.js';

export interface FlowWatcher {
  readable(): void;
  writable(): void;
  closed(error: FlowError | undefined): void;
}

/**
 * Hands the events of a flow on outside the stack that tells them: what an application throws in a handler is its own exception
 * and not a fault of the Stack, and an application never runs inside a packet. However many events come at once, there is one tick.
 * What comes before `start` waits: as with a socket of the kernel, who learns of a connection has a turn of the event loop to listen.
 */
export class FlowWatch {
  readonly #watcher: FlowWatcher;
  /** What ended the flow, from when it has been told on. */
  error: FlowError | undefined;
  #flow: Flow | undefined;
  #scheduled = false;
  #isStarted = false;
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

  get isStarted(): boolean {
    return this.#isStarted;
  }

  start(): void {
    this.#isStarted = true;
    if (this.#readable || this.#writable || this.#closed !== undefined) this.#schedule();
  }

  stop(): void {
    this.#flow?.on({});
    this.#flow = undefined;
  }

  #schedule(): void {
    if (this.#scheduled || !this.#isStarted) return;
    this.#scheduled = true;
    nextTick(() => this.#tell());
  }

  /** Bytes first: what arrived before the end is still read, and by who reads a turn later, too. */
  #tell(): void {
    this.#scheduled = false;
    const { readable, writable, closed } = { readable: this.#readable, writable: this.#writable, closed: this.#closed };
    this.#readable = false;
    this.#writable = false;
    if (readable && this.#flow !== undefined) this.#watcher.readable();
    if (writable && this.#flow !== undefined) this.#watcher.writable();
    if (closed === undefined) return;
    if (readable) setImmediate(() => this.#end(closed.error));
    else this.#end(closed.error);
  }

  #end(error: FlowError | undefined): void {
    if (this.#flow === undefined) return;
    this.error = error;
    this.#watcher.closed(error);
  }
}
