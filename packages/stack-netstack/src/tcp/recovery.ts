import type { TcpOptionFields } from '@heddle/wire';
import type { CongestionControl } from './congestion-control.js';
import { DeliveryRate } from './delivery-rate.js';
import { Pacing } from './pacing.js';
import { Rack } from './rack.js';
import { RttEstimator } from './rtt-estimator.js';
import { type DeliveryListener, SentRanges } from './sent-ranges.js';
import { distance, isAfter, isBefore } from './sequence.js';
import { Superfluous } from './superfluous.js';

/** One acknowledgment, as loss recovery sees it. */
export interface Acknowledgment {
  now: number;
  acknowledged: number;
  /** Oldest byte that was not acknowledged before. */
  before: number;
  /** Next byte to be sent. */
  next: number;
  options: TcpOptionFields;
  /** Carries no data, no new window and no FIN: may count as a duplicate. */
  isPure: boolean;
  /** When the segment that it echoes was sent, in whole milliseconds; -1 without timestamps. */
  echoedAt: number;
}

/** One to be filled again and again. */
export function blankAcknowledgment(options: TcpOptionFields): Acknowledgment {
  return { now: 0, acknowledged: 0, before: 0, next: 0, options, isPure: false, echoedAt: -1 };
}

/** RFC 6937. */
interface Reduction {
  delivered: number;
  out: number;
  readonly flight: number;
}

interface Tail {
  readonly end: number;
  readonly isRetransmission: boolean;
}

const DUPLICATES = 3;

/** What is in flight, what is lost, and what may be sent: RACK-TLP over SACK, and NewReno (RFC 6582) for peers without SACK. */
export class Recovery implements DeliveryListener {
  readonly sent: SentRanges = new SentRanges();
  readonly rtt: RttEstimator = new RttEstimator();
  readonly congestion: CongestionControl;
  readonly pacing: Pacing = new Pacing();
  readonly #rate = new DeliveryRate();
  readonly #rack = new Rack();
  #segment: number;
  #hasSack = false;
  #mode: 'open' | 'recovery' | 'loss' = 'open';
  #point = 0;
  #reduction: Reduction = { delivered: 0, out: 0, flight: 1 };
  #tail: Tail | undefined;
  /** Without SACK: duplicate acknowledgments in a row, and whether they have just cost the first segment. */
  readonly #reno = { duplicates: 0, isHeadLost: false };
  readonly #superfluous = new Superfluous();
  /** When loss detection must look again. */
  lookAgain: number = Infinity;

  constructor(congestion: CongestionControl, segment: number) {
    this.congestion = congestion;
    this.#segment = segment;
  }

  get segment(): number {
    return this.#segment;
  }

  get mode(): 'open' | 'recovery' | 'loss' {
    return this.#mode;
  }

  /** The peer is known. */
  negotiated(segment: number, hasSack: boolean): void {
    this.#hasSack = hasSack;
    this.resize(segment);
  }

  resize(segment: number): void {
    this.#segment = segment;
    this.congestion.resize(segment);
  }

  /** Bytes in the network. Without SACK each duplicate stands for a segment that has left it. */
  get inFlight(): number {
    return Math.max(0, this.sent.inFlight - (this.#hasSack ? 0 : this.#reno.duplicates * this.#segment));
  }

  /** Bytes that congestion control lets go out now. */
  get allowance(): number {
    return Math.floor(this.congestion.window) - this.inFlight;
  }

  acknowledge(ack: Acknowledgment): void {
    const flight = this.sent.outstanding;
    const lost = this.sent.lostBytes;
    this.#rack.begin(ack.now, ack.echoedAt, this.rtt.min);
    this.#rate.begin(ack.now);
    const superfluous = this.#duplicateReport(ack);
    const delivered = this.sent.acknowledge(ack.acknowledged, this) + this.#sack(ack);
    this.#measure(ack);
    const advanced = isAfter(ack.acknowledged, ack.before);
    if (advanced) this.rtt.forgetBackoff();
    this.#probeAnswered(ack, superfluous);
    this.#undoIfSpurious(ack, advanced);
    this.#leaveIfDone(ack);
    this.#countDuplicates(ack, advanced, delivered);
    this.#detect(ack.now, ack.next, flight);
    this.#report(Math.max(0, this.sent.lostBytes - lost), flight);
    this.#adjustWindow(ack, delivered, flight);
  }

  /** A range has arrived: for those who measure. */
  delivered(sent: SentRanges, index: number): void {
    this.#rack.delivered(sent, index);
    if (this.#mode === 'loss' && !sent.isRetransmitted(index) && isBefore(sent.start(index), this.#point))
      this.#superfluous.originalArrived();
    this.#rate.delivered(sent, index);
  }

  /** Nothing more is there to be sent, or the peer's window is full. */
  limited(): void {
    if (this.sent.lostBytes > 0 || this.allowance <= 0) return;
    this.#rate.limited(this.inFlight);
    this.pacing.rest();
  }

  /** Bytes that pacing lets go out now; 0: none before `pacing.nextAt`. */
  paced(now: number): number {
    return this.pacing.room(this.congestion.pacingRate(this.rtt.srtt), this.#segment, now);
  }

  /** Loss detection after its timer. */
  look(now: number, next: number): void {
    this.#detect(now, next, this.sent.outstanding);
    if (this.#mode === 'recovery') this.#reduce(0);
  }

  /** The retransmission timer has run out: send the first segment and believe in nothing else. */
  timeout(now: number, next: number): void {
    this.congestion.timedOut(now, this.inFlight, this.#mode === 'loss');
    if (this.#mode !== 'loss') {
      this.#episode(this.#oldest(next));
      this.#superfluous.timedOut();
    }
    this.#mode = 'loss';
    this.#point = next;
    this.#tail = undefined;
    this.#reno.duplicates = 0;
    this.lookAgain = Infinity;
    this.#loseOnTimeout(now);
    this.rtt.backOff();
  }

  /** RFC 8985 6.3: the first segment is lost, and what was sent so long ago that it must be; the rest may still arrive. */
  #loseOnTimeout(now: number): void {
    if (!this.#hasSack) {
      this.sent.loseAll();
      return;
    }
    this.sent.forgetReneged();
    this.sent.lose(0);
    this.lookAgain = this.#rack.expire(this.sent, this.rtt, now);
  }

  /** A segment became too large for the path: it is sent again in smaller ones, and that is no sign of congestion. */
  tooBig(): void {
    this.sent.loseAll();
  }

  /** What was sent into a closed window was a probe, which the peer need not have kept, and its silence said nothing about the path. */
  windowOpened(): void {
    this.sent.loseAll();
    this.rtt.forgetBackoff();
  }

  sentNew(start: number, end: number, now: number): void {
    this.#distrust();
    this.sent.push(start, end, now, this.#rate.leaves(this.sent.inFlight === 0, now));
    this.pacing.sent(distance(start, end), this.congestion.pacingRate(this.rtt.srtt), this.#segment, now);
    this.#reduction.out += distance(start, end);
  }

  resent(index: number, end: number, now: number): void {
    const bytes = distance(this.sent.start(index), end);
    this.#distrust();
    this.#superfluous.resent(bytes, now);
    this.#reduction.out += bytes;
    this.sent.resent(index, end, now, this.#rate.leaves(this.sent.inFlight === 0, now));
    this.pacing.sent(bytes, this.congestion.pacingRate(this.rtt.srtt), this.#segment, now);
  }

  /** A timeout, not the path, made the window so small. */
  #distrust(): void {
    if (this.#mode === 'loss' || this.congestion.isRestoring) this.#rate.limited(this.inFlight);
  }

  /**
   * RFC 8985 7.2: milliseconds until a probe is due: for a lost tail, and in a recovery for retransmissions that were all lost, which nothing
   * sent later would show. Infinity: none is to be sent.
   */
  get probeAfter(): number {
    if (!this.#hasSack || this.#mode === 'loss' || this.#tail !== undefined || this.sent.outstanding === 0) return Infinity;
    if (this.#mode === 'recovery') return 2 * this.rtt.srtt + 2;
    if (this.sent.sackedBytes > 0) return Infinity;
    if (!this.rtt.hasSample) return 1_000;
    return 2 * this.rtt.srtt + (this.sent.outstanding <= this.#segment ? 200 : 2);
  }

  probed(end: number, isRetransmission: boolean): void {
    this.#tail = { end, isRetransmission };
  }

  #duplicateReport(ack: Acknowledgment): boolean {
    const { sack, sackCount } = ack.options;
    if (!this.#hasSack || sackCount === 0) return false;
    const [left, right] = [sack[0]!, sack[1]!];
    const isInsideNext = sackCount > 1 && !isBefore(left, sack[2]!) && !isAfter(right, sack[3]!);
    if (isAfter(right, ack.acknowledged) && !isInsideNext) return false;
    this.#rack.duplicateReported();
    this.#superfluous.reported(Math.max(0, distance(left, right)), right);
    return true;
  }

  #sack(ack: Acknowledgment): number {
    if (!this.#hasSack) return 0;
    let news = 0;
    for (let i = 0; i < ack.options.sackCount; i++) {
      const left = ack.options.sack[2 * i]!;
      const right = ack.options.sack[2 * i + 1]!;
      if (isBefore(left, ack.acknowledged) || !isBefore(left, right) || isAfter(right, ack.next)) continue;
      news += this.sent.sack(left, right, this);
    }
    return news;
  }

  #measure(ack: Acknowledgment): void {
    if (this.#rack.sample >= 0) this.rtt.sample(this.#rack.sample, ack.now);
    else if (ack.echoedAt >= 0 && isAfter(ack.acknowledged, ack.before))
      this.rtt.sample(Math.max(ack.now - ack.echoedAt - 1, 0.5), ack.now);
  }

  #probeAnswered(ack: Acknowledgment, superfluous: boolean): void {
    const tail = this.#tail;
    if (tail === undefined || isBefore(ack.acknowledged, tail.end)) return;
    const isRepaired = tail.isRetransmission && !superfluous && isAfter(ack.acknowledged, tail.end);
    if (isRepaired && this.#mode === 'open') {
      this.congestion.congested(ack.now, this.sent.inFlight);
      this.congestion.recovered();
    }
    this.#tail = undefined;
  }

  /** Nothing was lost, so nothing changes. */
  #undoIfSpurious(ack: Acknowledgment, advanced: boolean): void {
    if (this.#mode === 'open' || !this.#superfluous.shows(advanced, ack.echoedAt)) return;
    this.congestion.undo();
    this.sent.forgive();
    this.#mode = 'open';
    this.#episode(ack.acknowledged);
  }

  #leaveIfDone(ack: Acknowledgment): void {
    if (this.#mode === 'open' || isBefore(ack.acknowledged, this.#point)) return;
    if (this.#mode === 'recovery') this.congestion.recovered();
    this.#rack.recovered();
    this.#mode = 'open';
    this.#reno.duplicates = 0;
    this.#episode(ack.acknowledged);
  }

  #countDuplicates(ack: Acknowledgment, advanced: boolean, delivered: number): void {
    if (this.#hasSack) return;
    if (!advanced && ack.isPure && this.sent.outstanding > 0) this.#reno.duplicates += 1;
    else if (advanced) this.#reno.duplicates = Math.max(0, this.#reno.duplicates - Math.ceil(delivered / this.#segment));
    const isPartial = advanced && this.#mode !== 'open';
    if (this.sent.count > 0 && ((this.#reno.duplicates >= DUPLICATES && this.#mode === 'open') || isPartial)) this.#loseHead();
  }

  #loseHead(): void {
    if (distance(this.sent.start(0), this.sent.end(0)) > this.#segment) this.sent.divide(0, this.#segment);
    this.sent.lose(0);
    this.#reno.isHeadLost = true;
  }

  #detect(now: number, next: number, flight: number): void {
    const before = this.#reno.isHeadLost ? 0 : this.sent.lostBytes;
    this.#reno.isHeadLost = false;
    this.lookAgain = Infinity;
    const isInDoubt = this.sent.sackedBytes > 0 || this.sent.hasRetransmitted;
    if (this.#hasSack && isInDoubt) this.lookAgain = this.#rack.detect(this.sent, this.rtt, this.#segment, this.#mode !== 'open', now);
    if (this.sent.lostBytes > before && this.#mode === 'open') this.#enter(now, next, flight);
  }

  #enter(now: number, next: number, flight: number): void {
    this.#episode(this.#oldest(next));
    this.congestion.congested(now, flight);
    this.#mode = 'recovery';
    this.#point = next;
    this.#tail = undefined;
    this.#reduction = { delivered: 0, out: 0, flight: Math.max(flight, this.#segment) };
  }

  #oldest(next: number): number {
    return this.sent.count > 0 ? this.sent.start(0) : next;
  }

  #episode(from: number): void {
    this.#superfluous.begin(from);
  }

  #report(lost: number, flight: number): void {
    const sample = this.#rate.end(this.rtt.min);
    if (sample.delivered === 0 && lost === 0) return;
    sample.lost = lost;
    sample.flight = flight;
    sample.inFlight = this.inFlight;
    sample.rtt = this.#rack.sample;
    this.congestion.sampled(sample);
  }

  #adjustWindow(ack: Acknowledgment, delivered: number, flight: number): void {
    if (this.#mode === 'recovery') this.#reduce(delivered);
    else if (delivered > 0 && this.#wasLimited(flight)) this.congestion.acknowledged(delivered, ack.now, this.rtt.srtt);
  }

  /** RFC 9438 5.8: a window that is not used is not tested by the network and does not grow. */
  #wasLimited(flight: number): boolean {
    const { window, threshold } = this.congestion;
    if (this.#mode === 'loss') return true;
    return window < threshold ? 2 * flight >= window : flight + 3 * this.#segment >= window;
  }

  /** RFC 6937 section 3: as many bytes go out as the threshold asks for, in step with those that arrive. */
  #reduce(delivered: number): void {
    const reduction = this.#reduction;
    const { threshold } = this.congestion;
    const pipe = this.inFlight;
    reduction.delivered += delivered;
    const room =
      pipe > threshold
        ? Math.ceil((reduction.delivered * threshold) / reduction.flight) - reduction.out
        : Math.min(threshold - pipe, Math.max(reduction.delivered - reduction.out, delivered) + this.#segment);
    const first = reduction.out === 0 ? this.#segment : 0;
    this.congestion.during(pipe + Math.max(room, first));
  }
}
