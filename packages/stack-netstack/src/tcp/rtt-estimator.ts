/** RFC 6298: initial value; RFC 9293 allows a lower floor than its one second, as every system in use has. */
export const RTO_INITIAL = 1_000;
const RTO_MIN = 200;
const RTO_MAX = 60_000;
const ALPHA = 1 / 8;
const BETA = 1 / 4;
const MIN_RTT_WINDOW = 10_000;

/** Smoothed round-trip time and retransmission timeout, RFC 6298, with the recent minimum that RACK wants. */
export class RttEstimator {
  srtt = 0;
  rttvar = 0;
  /** RTO as computed, without back-off. */
  base: number = RTO_INITIAL;
  #backoff = 0;
  #min = Infinity;
  #minSince = 0;

  get hasSample(): boolean {
    return this.srtt > 0;
  }

  /** The lowest round trip of the last seconds. */
  get min(): number {
    return this.#min;
  }

  get rto(): number {
    return Math.min(RTO_MAX, this.base * 2 ** this.#backoff);
  }

  sample(rtt: number, now: number): void {
    const measured = Math.max(rtt, 0.001);
    if (measured <= this.#min || now - this.#minSince > MIN_RTT_WINDOW) {
      this.#min = measured;
      this.#minSince = now;
    }
    this.#smooth(measured);
    this.base = Math.min(RTO_MAX, Math.max(RTO_MIN, this.timeout));
    this.#backoff = 0;
  }

  /** SRTT + 4 RTTVAR, before any floor. */
  get timeout(): number {
    return this.srtt + 4 * this.rttvar;
  }

  /** A timer has run out: the next one takes twice as long. */
  backOff(): void {
    this.#backoff = Math.min(this.#backoff + 1, 16);
  }

  /** Something new was acknowledged. */
  forgetBackoff(): void {
    this.#backoff = 0;
  }

  /** RFC 6298 5.7: the SYN had to be repeated and there is no sample. */
  beginAfterLostSyn(): void {
    this.base = Math.max(this.base, 3 * RTO_INITIAL);
    this.#backoff = 0;
  }

  #smooth(rtt: number): void {
    if (!this.hasSample) {
      this.srtt = rtt;
      this.rttvar = rtt / 2;
      return;
    }
    this.rttvar = (1 - BETA) * this.rttvar + BETA * Math.abs(this.srtt - rtt);
    this.srtt = (1 - ALPHA) * this.srtt + ALPHA * rtt;
  }
}
