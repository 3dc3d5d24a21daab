import type { RttEstimator } from './rtt-estimator.js';
import type { SentRanges } from './sent-ranges.js';
import { isAfter, isBefore, latest } from './sequence.js';

/** RFC 8985 6.2.4: recoveries without a D-SACK after which the reordering window is small again. */
const PERSIST = 16;
const DUPLICATES = 3;

/** Time-based loss detection, RFC 8985 section 6: what was sent long enough before something that has arrived is lost. */
export class Rack {
  /** Transmission time and end of the segment sent last among those that have arrived. */
  #sentAt = -1;
  #end = 0;
  #rtt = 0;
  #forward = 0;
  #hasForward = false;
  #reordering = false;
  #multiplier = 1;
  #persist = 0;
  /** Of the acknowledgment being worked on. */
  #now = 0;
  #echoedAt = -1;
  #minRtt = Infinity;
  #sample = -1;

  /** Begins the work on one acknowledgment. `echoedAt`: when the segment that it echoes was sent, in whole milliseconds; -1: unknown. */
  begin(now: number, echoedAt: number, minRtt: number): void {
    this.#now = now;
    this.#echoedAt = echoedAt;
    this.#minRtt = minRtt;
    this.#sample = -1;
  }

  /** Round trip of the newest segment that arrived and was sent once; -1: none. */
  get sample(): number {
    return this.#sample;
  }

  delivered(sent: SentRanges, index: number): void {
    const end = sent.end(index);
    const sentAt = sent.sentAt(index);
    const retransmitted = sent.isRetransmitted(index);
    this.#noticeReordering(end, retransmitted);
    const rtt = this.#now - sentAt;
    if (!retransmitted) this.#sample = rtt;
    else if (this.#isOfFirstTransmission(sentAt, rtt)) return;
    if (sentAt < this.#sentAt || (sentAt === this.#sentAt && !isAfter(end, this.#end))) return;
    this.#rtt = rtt;
    this.#sentAt = sentAt;
    this.#end = end;
  }

  /** RFC 8985 6.2.3 and Karn: the acknowledgment may be for what was sent before the retransmission. */
  #isOfFirstTransmission(sentAt: number, rtt: number): boolean {
    if (this.#echoedAt >= 0) return this.#echoedAt < Math.floor(sentAt);
    return rtt < this.#minRtt;
  }

  #noticeReordering(end: number, retransmitted: boolean): void {
    if (!this.#hasForward) {
      this.#forward = end;
      this.#hasForward = true;
      return;
    }
    if (isBefore(end, this.#forward) && !retransmitted) this.#reordering = true;
    this.#forward = latest(end, this.#forward);
  }

  /** A D-SACK says that something was sent twice for nothing: wait longer from now on. */
  duplicateReported(): void {
    this.#multiplier = Math.min(this.#multiplier + 1, 20);
    this.#persist = PERSIST;
  }

  recovered(): void {
    if (this.#persist > 0 && --this.#persist === 0) this.#multiplier = 1;
  }

  /** Gives up what must be lost by now. Returns when to look again; Infinity: nothing is in doubt. */
  detect(sent: SentRanges, rtt: RttEstimator, segment: number, isRecovering: boolean, now: number): number {
    if (this.#sentAt < 0) return Infinity;
    const patience = this.#rtt + this.#window(sent, rtt, segment, isRecovering);
    let again = Infinity;
    for (let i = 0; i < sent.count; i++) {
      if (!sent.isInFlight(i) || !this.#isOlder(sent, i)) continue;
      const due = sent.sentAt(i) + patience;
      if (due <= now) sent.lose(i);
      else again = Math.min(again, due);
    }
    return again;
  }

  /** After a timeout, whatever has arrived since: gives up what is a round trip old. Returns when to look again. */
  expire(sent: SentRanges, rtt: RttEstimator, now: number): number {
    const patience = rtt.hasSample ? Math.max(this.#rtt, rtt.srtt) + Math.min(rtt.min, rtt.srtt) / 4 : 0;
    let again = Infinity;
    for (let i = 0; i < sent.count; i++) {
      if (!sent.isInFlight(i)) continue;
      const due = sent.sentAt(i) + patience;
      if (due <= now) sent.lose(i);
      else again = Math.min(again, due);
    }
    return again;
  }

  #isOlder(sent: SentRanges, index: number): boolean {
    const sentAt = sent.sentAt(index);
    return sentAt < this.#sentAt || (sentAt === this.#sentAt && isBefore(sent.end(index), this.#end));
  }

  #window(sent: SentRanges, rtt: RttEstimator, segment: number, isRecovering: boolean): number {
    if (!this.#reordering && (isRecovering || sent.sackedBytes >= DUPLICATES * segment)) return 0;
    return Math.min((this.#multiplier * rtt.min) / 4, rtt.srtt);
  }
}
