import type { Address, UdpEvents } from '../contracts/flows.js';
import type { StackInUse } from './stack-in-use.js';

/** What a Stack opens. */
export interface OpenPort {
  readonly at: Address;
  close(): Promise<void>;
  on?(events: UdpEvents): void;
}

/** Opens it on a Stack, under the number that it had there before; undefined: as it was asked for. */
export type OpenOn<P> = (stack: StackInUse, number: number | undefined) => Promise<P>;

/** One port of an application. It has the same number on each Stack that it moves to. */
export class StandingPort<P extends OpenPort> {
  readonly #open: OpenOn<P>;
  readonly #gone: () => void;
  readonly #first: Address;
  #port: P | undefined;
  #stack: StackInUse | undefined;
  #events: UdpEvents = {};
  #moving: Promise<void> = Promise.resolve();
  #isClosed = false;

  constructor(port: P, stack: StackInUse, open: OpenOn<P>, gone: () => void) {
    this.#stack = stack;
    this.#first = port.at;
    this.#open = open;
    this.#gone = gone;
    this.#take(port);
  }

  get at(): Address {
    return this.#port?.at ?? this.#first;
  }

  /** On the Stack in use; undefined between two Stacks. */
  get current(): P | undefined {
    return this.#port;
  }

  on(events: UdpEvents): void {
    this.#events = events;
  }

  /** Leaves the Stack where it is for this one; undefined: it waits for the next. Never rejects: what fails is told. */
  move(stack: StackInUse | undefined): Promise<void> {
    this.#moving = this.#moving.then(() => this.#move(stack));
    return this.#moving;
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#gone();
    await this.#leave();
  }

  async #move(stack: StackInUse | undefined): Promise<void> {
    if (this.#isClosed || (stack !== undefined && stack.flows === this.#stack?.flows)) return;
    try {
      await this.#leave();
    } catch {
      // The old Stack keeps what it does not close until it is closed itself.
    }
    this.#stack = stack;
    if (stack !== undefined) await this.#enter(stack);
  }

  async #enter(stack: StackInUse): Promise<void> {
    try {
      const port = await this.#open(stack, this.#first.port);
      if (this.#isClosed) return await port.close();
      this.#take(port);
    } catch (error) {
      this.#lose(error as Error);
    }
  }

  /** A Stack may lose a port by itself. */
  #take(port: P): void {
    this.#port = port;
    port.on?.({
      closed: (error) => this.#port === port && this.#lose(error),
      error: (reason, to) => this.#events.error?.(reason, to),
    });
  }

  #lose(error: Error): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#port = undefined;
    this.#gone();
    this.#events.closed?.(error);
  }

  async #leave(): Promise<void> {
    const port = this.#port;
    this.#port = undefined;
    await port?.close();
  }
}
