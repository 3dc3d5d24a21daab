import type { Buffer } from 'node:buffer';
import { nextTick } from 'node:process';
import { setImmediate } from 'node:timers';
import type { Flow, FlowError } from '../../contracts/flows.js';
import type { ReadSpace } from './read-space.js';

export interface FlowWatcher {
  /** True: it waits for bytes now. */
  wants(): boolean;
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
  readonly #space: ReadSpace;
  readonly #rescued: Buffer[] = [];
  #flow: Flow | undefined;
  #scheduled = false;
  #isStarted = false;
  #readable = false;
  #writable = false;
  #closed: { readonly error: FlowError | undefined } | undefined;

  constructor(flow: Flow, space: ReadSpace, watcher: FlowWatcher) {
    this.#flow = flow;
    this.#space = space;
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
        if (error !== undefined) this.#rescue();
        this.#schedule();
      },
    });
  }

  /** What has arrived; 0: nothing yet; -1: the other side has finished. */
  read(): Buffer | 0 | -1 {
    return this.#rescued.shift() ?? (this.#flow === undefined ? 0 : this.#space.read(this.#flow));
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

  /** A broken flow throws its bytes away as soon as it has told of it: who waits for them has them now. */
  #rescue(): void {
    while (this.#flow !== undefined && this.#watcher.wants()) {
      const got = this.#space.read(this.#flow);
      if (typeof got === 'number') return;
      this.#rescued.push(got);
      this.#readable = true;
    }
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
    if (this.#flow !== undefined) this.#watcher.closed(error);
  }
}
