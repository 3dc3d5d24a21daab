import type { SentRanges } from './sent-ranges.js';

/** How fast the network delivers, as one acknowledgment shows it. Rates in bytes a millisecond. */
export interface DeliverySample {
  now: number;
  /** Bytes that this acknowledgment was the first to report. */
  delivered: number;
  /** Bytes that were given up because of it. */
  lost: number;
  /** All bytes delivered so far, and those delivered before the newest of the reported ones was sent: a round trip lies between. */
  total: number;
  before: number;
  /** 0: too little was seen. */
  rate: number;
  /** The application, not the network, was slow. */
  isLimited: boolean;
  /** Bytes in the network now. */
  inFlight: number;
  /** Bytes sent and neither acknowledged nor given up when the acknowledgment came. */
  flight: number;
  /** Round trip of what was reported; -1: none was measured. */
  rtt: number;
}

/** What is written down about a range when it leaves. */
export interface Departure {
  delivered: number;
  deliveredAt: number;
  firstSentAt: number;
  isLimited: boolean;
}

/**
 * Delivery rate of draft-cheng-iccrg-delivery-rate-estimation: what was delivered between the departure of a range and its arrival, over
 * the longer of the times in which it was sent and acknowledged.
 */
export class DeliveryRate {
  readonly departure: Departure = { delivered: 0, deliveredAt: 0, firstSentAt: 0, isLimited: false };
  readonly sample: DeliverySample = {
    now: 0,
    delivered: 0,
    lost: 0,
    total: 0,
    before: 0,
    rate: 0,
    isLimited: false,
    inFlight: 0,
    flight: 0,
    rtt: -1,
  };
  #limitedUntil = 0;
  /** Of the newest range that this acknowledgment reports. */
  #sentAt = -1;
  #firstSentAt = 0;
  #deliveredAt = 0;

  /** Something leaves; when nothing is under way, time begins anew. */
  leaves(isFirst: boolean, now: number): Departure {
    const { departure, sample } = this;
    if (isFirst) departure.firstSentAt = departure.deliveredAt = now;
    departure.delivered = sample.total;
    departure.isLimited = this.#limitedUntil > sample.total;
    return departure;
  }

  /** The application has nothing more to send: rates say nothing until that much is delivered. */
  limited(inFlight: number): void {
    this.#limitedUntil = Math.max(1, this.sample.total + inFlight);
  }

  begin(now: number): void {
    const { sample } = this;
    sample.now = now;
    sample.delivered = 0;
    sample.rate = 0;
    this.#sentAt = -1;
  }

  /** A range has arrived. */
  delivered(sent: SentRanges, index: number): void {
    const { sample } = this;
    const bytes = sent.bytes(index);
    sample.delivered += bytes;
    sample.total += bytes;
    this.departure.deliveredAt = sample.now;
    const sentAt = sent.sentAt(index);
    if (sentAt < this.#sentAt) return;
    this.#sentAt = sentAt;
    this.#firstSentAt = sent.firstSentAt(index);
    this.#deliveredAt = sent.deliveredAt(index);
    sample.before = sent.delivered(index);
    sample.isLimited = sent.isLimited(index);
  }

  /** All ranges of an acknowledgment have been named. */
  end(minRtt: number): DeliverySample {
    const { sample } = this;
    if (sample.total > this.#limitedUntil) this.#limitedUntil = 0;
    if (this.#sentAt < 0) return sample;
    this.departure.firstSentAt = this.#sentAt;
    const interval = Math.max(this.#sentAt - this.#firstSentAt, sample.now - this.#deliveredAt);
    if (interval > 0 && interval >= Math.min(minRtt, 1e9)) sample.rate = (sample.total - sample.before) / interval;
    return sample;
  }
}
