import { isAfter } from './sequence.js';

/** The window that the peer offers: SND.WND, and SND.WL1 and SND.WL2, which say how old that offer is. */
export class PeerWindow {
  size = 0;
  /** The largest that was ever offered. */
  most = 0;
  #sequence = 0;
  #acknowledgment = 0;

  /** The first offer, before anything can be older. */
  begin(sequence: number, acknowledgment: number, size: number): void {
    this.size = size;
    this.most = size;
    this.#sequence = sequence;
    this.#acknowledgment = acknowledgment;
  }

  /** RFC 9293 3.10.7.4: takes the offer of a segment that is not older than the last one. True: it has changed. */
  update(sequence: number, acknowledgment: number, size: number): boolean {
    const isNews = isAfter(sequence, this.#sequence) || (sequence === this.#sequence && !isAfter(this.#acknowledgment, acknowledgment));
    if (!isNews) return false;
    const changed = this.size !== size;
    this.size = size;
    this.most = Math.max(this.most, size);
    this.#sequence = sequence;
    this.#acknowledgment = acknowledgment;
    return changed;
  }
}
