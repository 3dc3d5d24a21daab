import { CALL_GAP, GONE_MAX } from './constants.js';

/** When the peer is to be called by relay, and where it finds us no longer. */
export class CallPlan {
  #dueAt = Infinity;
  #calledAt = -Infinity;
  #gone: readonly string[] = [];

  /** Not before this time, nor sooner after the last call than its gap. */
  want(at: number): void {
    this.#dueAt = Math.min(this.#dueAt, at);
  }

  /** We were at these places, and are not any more: to be told whether the peer has a path or not. */
  forget(places: readonly string[], at: number): void {
    if (places.length === 0) return;
    this.#gone = [...new Set([...places, ...this.#gone])].slice(0, GONE_MAX);
    this.want(at);
  }

  /** There is a path: what else may be told can wait for the next call. */
  spare(): void {
    if (this.#gone.length === 0) this.#dueAt = Infinity;
  }

  isDue(now: number): boolean {
    return now >= Math.max(this.#dueAt, this.#calledAt + CALL_GAP);
  }

  /** The call is made: what it tells to forget. */
  take(now: number): readonly string[] {
    const gone = this.#gone;
    this.#calledAt = now;
    this.#dueAt = Infinity;
    this.#gone = [];
    return gone;
  }
}
