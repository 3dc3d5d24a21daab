import type { Address, Flow, FlowEvents } from '../contracts/flows.js';
import type { FlowWitness } from '../contracts/observation.js';
import type { Bytes } from '../contracts/packets.js';

/**
 * A flow that tells a witness what passes, and is to its user what it was before. It hears of an end when its user does: listening any earlier
 * would take the news from a user who listens late.
 */
export function watchedFlow(flow: Flow, witness: FlowWitness): Flow {
  const watched: Flow = new WatchedFlow(flow, witness);
  if (flow.setNoDelay !== undefined) watched.setNoDelay = (on) => flow.setNoDelay?.(on);
  if (flow.setKeepAlive !== undefined) watched.setKeepAlive = (on, idle) => flow.setKeepAlive?.(on, idle);
  return watched;
}

class WatchedFlow implements Flow {
  readonly #flow: Flow;
  readonly #witness: FlowWitness;

  constructor(flow: Flow, witness: FlowWitness) {
    this.#flow = flow;
    this.#witness = witness;
  }

  get local(): Address {
    return this.#flow.local;
  }

  get remote(): Address {
    return this.#flow.remote;
  }

  write(bytes: Bytes): number {
    const taken = this.#flow.write(bytes);
    if (taken > 0) this.#witness.data('out', bytes.subarray(0, taken));
    return taken;
  }

  read(into: Bytes): number {
    const count = this.#flow.read(into);
    if (count > 0) this.#witness.data('in', into.subarray(0, count));
    return count;
  }

  shutdown(): void {
    this.#flow.shutdown();
  }

  close(): void {
    this.#flow.close();
    this.#witness.closed(undefined);
  }

  reset(): void {
    this.#flow.reset();
    this.#witness.closed('aborted');
  }

  on(events: FlowEvents): void {
    this.#flow.on({
      readable: () => events.readable?.(),
      writable: () => events.writable?.(),
      closed: (error) => {
        this.#witness.closed(error);
        events.closed?.(error);
      },
    });
  }
}
