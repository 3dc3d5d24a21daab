import { IDLE_AFTER } from './constants.js';

/** The use of a peer's path: counts that only grow, and where its packets go first. */
export interface Traffic {
  readonly primary: string | undefined;
  readonly sent: number;
  readonly heard: number;
}

/** From counts that are looked at now and then: whether a peer is talked to, and since when its path has said nothing. */
export class TrafficWatch {
  #last: Traffic = { primary: undefined, sent: 0, heard: 0 };
  #sentAt = -Infinity;
  #silentSince = Infinity;

  /** Where packets go first. */
  get primary(): string | undefined {
    return this.#last.primary;
  }

  /** When packets began to go out of which none was answered; Infinity: all is well. */
  get silentSince(): number {
    return this.#silentSince;
  }

  active(now: number): boolean {
    return now - this.#sentAt < IDLE_AFTER;
  }

  /** Packets have gone out within this time. */
  busy(now: number, within: number): boolean {
    return now - this.#sentAt < within;
  }

  /** A packet goes out, though no count has been looked at. */
  wanted(now: number): void {
    this.#sentAt = now;
  }

  /** The path has answered a probe. */
  answered(): void {
    this.#silentSince = Infinity;
  }

  look(now: number, traffic: Traffic): void {
    const { primary, sent, heard } = this.#last;
    if (traffic.heard > heard || traffic.primary !== primary) this.#silentSince = Infinity;
    if (traffic.sent > sent) this.#sentAt = now;
    if (traffic.sent > sent && traffic.heard === heard) this.#silentSince = Math.min(this.#silentSince, now);
    this.#last = traffic;
  }
}
