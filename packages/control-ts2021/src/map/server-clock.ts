/** Control's clock counts instead of ours only when they differ by more. */
const TOLERATED = 60_000;
/** A skew that moves by less is the same: the way of a message takes time. */
const SAME = 5_000;

/** What control's clock shows, by the times that it sends. */
export class ServerClock {
  #skew = 0;

  /** What the server's clock is ahead of ours; 0 when that is less than a minute. */
  get skew(): number {
    return this.#skew;
  }

  at(wall: number): number {
    return wall + this.#skew;
  }

  /** Our wall clock when the server's shows a time. */
  wallOf(serverTime: number): number {
    return serverTime - this.#skew;
  }

  /** Notes what the server's clock shows now; true when the skew is another one. */
  note(serverTime: number, wall: number): boolean {
    const difference = serverTime - wall;
    const skew = Math.abs(difference) > TOLERATED ? difference : 0;
    if (skew === this.#skew || (skew !== 0 && this.#skew !== 0 && Math.abs(skew - this.#skew) < SAME)) return false;
    this.#skew = skew;
    return true;
  }
}
