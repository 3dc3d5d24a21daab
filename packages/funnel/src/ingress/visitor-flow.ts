import type { Address, Bytes, Flow, FlowEvents } from '@heddle/core';

/** A connection through an ingress relay, in the eyes of who serves: at the other end is the visitor. */
export class VisitorFlow implements Flow {
  readonly local: Address;
  readonly remote: Address;
  readonly #through: Flow;

  constructor(through: Flow, from: Address, port: number) {
    this.#through = through;
    this.remote = from;
    this.local = { address: through.local.address, port };
  }

  write(bytes: Bytes): number {
    return this.#through.write(bytes);
  }

  read(into: Bytes): number {
    return this.#through.read(into);
  }

  shutdown(): void {
    this.#through.shutdown();
  }

  close(): void {
    this.#through.close();
  }

  reset(): void {
    this.#through.reset();
  }

  on(events: FlowEvents): void {
    this.#through.on(events);
  }

  setNoDelay(on: boolean): void {
    this.#through.setNoDelay?.(on);
  }

  setKeepAlive(on: boolean, idle?: number): void {
    this.#through.setKeepAlive?.(on, idle);
  }
}
