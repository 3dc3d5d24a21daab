/** A relay keeps so many packets for each client, and gives up the oldest of more: a burst must not be larger. */
export const MOST_AT_ONCE = 32;
/** Packets a millisecond: faster than a relay passes packets of usual size on to one client, 0.6 Gbit/s of them. */
export const PACE = 60;
/** Less is not worth a write of its own. */
const WORTH = MOST_AT_ONCE / 2;

/**
 * When packets may leave for a relay. It reads what has come without a pause, and meanwhile nobody empties its queue for the client: of a
 * hundred packets that come at once, all but the last 32 are lost.
 */
export class SendPace {
  #free = MOST_AT_ONCE;
  #at = Number.NEGATIVE_INFINITY;

  /** Packets that may leave now. */
  room(now: number): number {
    if (now > this.#at) {
      this.#free = Math.min(MOST_AT_ONCE, this.#free + (now - this.#at) * PACE);
      this.#at = now;
    }
    return Math.floor(this.#free);
  }

  sent(packets: number): void {
    this.#free -= packets;
  }

  /** When so many may leave that it is worth a write. */
  nextAt(now: number): number {
    return now + Math.max(0, WORTH - this.#free) / PACE;
  }
}
