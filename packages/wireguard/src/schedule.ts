import { DeadlineQueue } from './deadline-queue.js';
import type { Peer } from './peer.js';

/**
 * When which peer's timers are due.
 *
 * Timers move with every packet, mostly to later. So only an earlier deadline is queued at once; a later one is noticed when the old one
 * comes first. That makes `touch` free on the packet path.
 */
export class Schedule {
  readonly #queue = new DeadlineQueue();
  readonly #peers: (Peer | undefined)[] = [];

  /** To be called after anything that may have armed a timer of this peer. */
  touch(peer: Peer): void {
    if (peer.removed) return;
    const deadline = peer.timers.nextDeadline();
    if (deadline >= this.#queue.deadlineOf(peer.ref.id)) return;
    this.#peers[peer.ref.id] = peer;
    this.#queue.set(peer.ref.id, deadline);
  }

  forget(peer: Peer): void {
    this.#queue.set(peer.ref.id, Number.POSITIVE_INFINITY);
    this.#peers[peer.ref.id] = undefined;
  }

  /** The earliest deadline of any peer; Infinity without one. */
  nextDeadline(): number {
    for (;;) {
      const id = this.#queue.first();
      if (id === undefined) return Number.POSITIVE_INFINITY;
      const deadline = this.#peers[id]!.timers.nextDeadline();
      if (deadline === this.#queue.deadlineOf(id)) return deadline;
      this.#queue.set(id, deadline);
    }
  }

  /** The peer whose timers are due first, if any are. */
  due(now: number): Peer | undefined {
    return this.nextDeadline() <= now ? this.#peers[this.#queue.first()!] : undefined;
  }
}
