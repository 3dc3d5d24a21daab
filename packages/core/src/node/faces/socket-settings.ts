import type { Flow } from '../../contracts/flows.js';

/** As net.connect and net.createServer take them. */
export interface StreamSettings {
  /** As a call of setNoDelay. */
  readonly noDelay?: boolean | undefined;
  /** As a call of setKeepAlive. */
  readonly keepAlive?: boolean | undefined;
  /** Milliseconds of silence before the first probe. */
  readonly keepAliveInitialDelay?: number | undefined;
}

/** What was asked of a connection, kept until there is one. A Stack without a say in it is not asked. */
export class SocketSettings {
  #noDelay: boolean | undefined;
  #keepAlive: boolean | undefined;
  #idle: number | undefined;

  take({ noDelay, keepAlive, keepAliveInitialDelay }: StreamSettings): void {
    if (noDelay !== undefined) this.setNoDelay(undefined, noDelay);
    if (keepAlive !== undefined) this.setKeepAlive(undefined, keepAlive, keepAliveInitialDelay);
  }

  setNoDelay(flow: Flow | undefined, on: unknown = true): void {
    this.#noDelay = Boolean(on);
    flow?.setNoDelay?.(this.#noDelay);
  }

  /** Counts in whole seconds, as Node does. */
  setKeepAlive(flow: Flow | undefined, on: unknown = false, delay: unknown = 0): void {
    const idle = Math.trunc(Number(delay) / 1_000) * 1_000;
    this.#keepAlive = Boolean(on);
    this.#idle = idle > 0 ? idle : undefined;
    flow?.setKeepAlive?.(this.#keepAlive, this.#idle);
  }

  /** For a connection that is there now. */
  apply(flow: Flow): void {
    if (this.#noDelay !== undefined) flow.setNoDelay?.(this.#noDelay);
    if (this.#keepAlive !== undefined) flow.setKeepAlive?.(this.#keepAlive, this.#idle);
  }
}
