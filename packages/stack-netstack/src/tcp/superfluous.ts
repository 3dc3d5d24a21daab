import { isAfter } from './sequence.js';

/**
 * Finds out that what was sent again had not been lost: Eifel (RFC 3522, 4015) by timestamps; without them F-RTO (RFC 5682) after a timeout;
 * otherwise by D-SACK.
 */
export class Superfluous {
  /** When the first retransmission of this episode left; -1: none yet; -Infinity: it was needed. */
  #resentAt = -1;
  /** Retransmitted bytes that no D-SACK has called superfluous. */
  #bytes = 0;
  /** Oldest byte in flight when the episode began: a D-SACK below it is about something else. */
  #from = 0;

  /** A timeout was the beginning, and nothing new has been acknowledged since. */
  #isTrial = false;
  #hasOriginal = false;

  begin(from: number): void {
    this.#resentAt = -1;
    this.#bytes = 0;
    this.#from = from;
    this.#isTrial = this.#hasOriginal = false;
  }

  /** The timer ran out: the next acknowledgment shows whether it was right. */
  timedOut(): void {
    this.#isTrial = true;
  }

  /** Something arrived that was sent before the timeout, and once. */
  originalArrived(): void {
    this.#hasOriginal = this.#isTrial;
  }

  resent(bytes: number, now: number): void {
    if (this.#resentAt === -1) this.#resentAt = now;
    this.#bytes += bytes;
  }

  /** A D-SACK says that everything up to `right` came twice. */
  reported(bytes: number, right: number): void {
    if (this.#bytes > 0 && isAfter(right, this.#from)) this.#bytes = Math.max(0, this.#bytes - bytes);
  }

  /** True: nothing was lost. `echoedAt`: when the segment that is echoed was sent, in whole milliseconds; -1: unknown. */
  shows(advanced: boolean, echoedAt: number): boolean {
    if (this.#resentAt === -1) return false;
    if (advanced && echoedAt >= 0 && echoedAt < Math.floor(this.#resentAt)) return true;
    if (advanced && echoedAt >= 0) this.#resentAt = -Infinity;
    if (advanced && this.#isTrial) {
      this.#isTrial = false;
      if (echoedAt < 0 && this.#hasOriginal) return true;
    }
    return this.#bytes === 0;
  }
}
