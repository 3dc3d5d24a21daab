import type { Flow } from '../../contracts/flows.js';

type Done = (error?: Error | null) => void;

/** The one write that a stream has going: it is done when the flow has taken all of it. */
export class Outgoing {
  #chunks: readonly Uint8Array[] = [];
  #next = 0;
  #offset = 0;
  #done: Done | undefined;
  #taken = 0;

  /** Bytes of the writes that are done. */
  get taken(): number {
    return this.#taken;
  }

  /** Counts anew, for a new connection. */
  forget(): void {
    this.#taken = 0;
  }

  get waiting(): boolean {
    return this.#done !== undefined;
  }

  put(chunks: readonly Uint8Array[], done: Done): void {
    this.#chunks = chunks;
    this.#next = 0;
    this.#offset = 0;
    this.#done = done;
  }

  /** Gives the flow what it takes. True when it took something. */
  flush(flow: Flow): boolean {
    if (this.#done === undefined) return false;
    let moved = false;
    for (let chunk = this.#chunks[this.#next]; chunk !== undefined; chunk = this.#chunks[this.#next]) {
      const count = chunk.length === this.#offset ? 0 : flow.write(this.#offset === 0 ? chunk : chunk.subarray(this.#offset));
      moved ||= count > 0;
      this.#offset += count;
      if (this.#offset < chunk.length) return moved;
      this.#next += 1;
      this.#offset = 0;
    }
    this.#finish();
    return moved;
  }

  fail(error: Error): void {
    const done = this.#done;
    this.#clear();
    done?.(error);
  }

  #finish(): void {
    const done = this.#done;
    for (const chunk of this.#chunks) this.#taken += chunk.length;
    this.#clear();
    done?.();
  }

  #clear(): void {
    this.#chunks = [];
    this.#done = undefined;
  }
}
