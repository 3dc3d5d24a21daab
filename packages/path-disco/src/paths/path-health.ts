/** No verdict before so many pongs. */
const SAMPLES_LEAST = 5;
/** Worse than this many times the baseline, and by at least the floor, counts as slow. */
const SLOW_FACTOR = 3;
const SLOW_FLOOR = 30;
/** So many slow pongs in a row demote. */
const SLOW_RUN = 3;
/** So many lost pings in a row demote: fewer on the path in use than on others. */
const LOST_IN_USE = 2;
const LOST_OTHERWISE = 3;
/** As fast as this again, so many times in a row, restores. Below the line of demotion, so that nothing swings between the two. */
const GOOD_FACTOR = 1.5;
const GOOD_FLOOR = 15;
const GOOD_RUN = 3;
/** A demoted path stays so for this long: the first fault is forgiven soon, each further one of the last ten minutes costs twice as much. */
const HOLD_FIRST = 2_000;
const HOLD = 10_000;
const HOLD_MOST = 160_000;
const MEMORY = 600_000;
/** Weights of a new sample. */
const LATENCY_WEIGHT = 1 / 8;
/** What is usual falls sooner than it rises, and rises by no more than a quarter's part at a time: a machine that is busy now and then is not usual. */
const FALL_WEIGHT = 1 / 8;
const RISE_WEIGHT = 1 / 32;
const RISE_MOST = 1.25;
const LOSS_WEIGHT = 1 / 8;

/**
 * What pings say about one path.
 *
 *             3 slow pongs in a row, or 2 lost pings (3 on a path that is not in use)
 *   healthy ---------------------------------------------------------------------------> demoted
 *      ^                                                                                    |
 *      +----------- held long enough, and 3 good pongs in a row <---------------------------+
 *
 * The baseline learns only while the path is healthy, so that a fault does not become the measure of itself.
 */
export class PathHealth {
  #latency: number | undefined;
  #baseline: number | undefined;
  /** Of the pongs before there is a baseline: the first ones are often late. */
  #fastest = Infinity;
  #samples = 0;
  #loss = 0;
  #lost = 0;
  #slow = 0;
  #good = 0;
  #demoted: string | undefined;
  #heldUntil = 0;
  #demotions: readonly number[] = [];

  /** Smoothed milliseconds of a round trip; undefined before the first pong. */
  get latency(): number | undefined {
    return this.#latency;
  }

  /** What is usual for this path. */
  get baseline(): number | undefined {
    return this.#baseline;
  }

  /** Smoothed, 0 to 1. */
  get loss(): number {
    return this.#loss;
  }

  /** Pings in a row that nobody answered. */
  get lostInRow(): number {
    return this.#lost;
  }

  /** Why it is demoted, in words; undefined: healthy. */
  get demoted(): string | undefined {
    return this.#demoted;
  }

  pong(now: number, roundTrip: number): void {
    this.#lost = 0;
    this.#loss += (0 - this.#loss) * LOSS_WEIGHT;
    this.#latency = this.#latency === undefined ? roundTrip : this.#latency + (roundTrip - this.#latency) * LATENCY_WEIGHT;
    if (this.#demoted === undefined) this.#watchForSlowness(now, roundTrip);
    else this.#watchForRecovery(now, roundTrip);
  }

  /** A ping that nobody answered in time. */
  lost(now: number, inUse: boolean): void {
    this.#lost += 1;
    this.#good = 0;
    this.#loss += (1 - this.#loss) * LOSS_WEIGHT;
    const most = inUse ? LOST_IN_USE : LOST_OTHERWISE;
    if (this.#demoted === undefined && this.#latency !== undefined && this.#lost >= most) this.#demote(now, 'pings are lost');
  }

  /** Demoted, and the last pongs were good: a few more, and it is restored. */
  get recovering(): boolean {
    return this.#demoted !== undefined && this.#good > 0 && this.#good < GOOD_RUN;
  }

  /** The path may be another one from here on: what is usual for it is learned anew. */
  restart(): void {
    this.#baseline = this.#demoted = undefined;
    this.#fastest = Infinity;
    this.#samples = this.#lost = this.#slow = this.#good = 0;
  }

  #watchForSlowness(now: number, roundTrip: number): void {
    this.#samples += 1;
    const limit = Math.max(SLOW_FACTOR * (this.#baseline ?? Infinity), (this.#baseline ?? Infinity) + SLOW_FLOOR);
    this.#slow = roundTrip > limit ? this.#slow + 1 : 0;
    if (this.#slow >= SLOW_RUN) this.#demote(now, 'slower than 3 times what is usual for it');
    else if (this.#slow === 0) this.#learn(roundTrip);
  }

  /** Falls at once, rises slowly, and not before there are enough samples. */
  #learn(roundTrip: number): void {
    this.#fastest = Math.min(this.#fastest, roundTrip);
    if (this.#samples < SAMPLES_LEAST) return;
    const baseline = this.#baseline ?? this.#fastest;
    const sample = Math.min(roundTrip, RISE_MOST * baseline);
    this.#baseline = Math.min(baseline + (sample - baseline) * (sample < baseline ? FALL_WEIGHT : RISE_WEIGHT), this.#latency!);
  }

  #watchForRecovery(now: number, roundTrip: number): void {
    const limit = Math.max(GOOD_FACTOR * (this.#baseline ?? Infinity), (this.#baseline ?? Infinity) + GOOD_FLOOR);
    this.#good = roundTrip <= limit ? this.#good + 1 : 0;
    if (this.#good < GOOD_RUN || now < this.#heldUntil) return;
    this.#demoted = undefined;
    this.#slow = 0;
    this.#latency = roundTrip;
  }

  #demote(now: number, why: string): void {
    this.#demoted = why;
    this.#good = 0;
    this.#slow = 0;
    const lately = this.#demotions.filter((at) => now - at < MEMORY);
    this.#heldUntil = now + (lately.length === 0 ? HOLD_FIRST : Math.min(HOLD_MOST, HOLD * 2 ** (lately.length - 1)));
    this.#demotions = [...lately, now];
  }
}
