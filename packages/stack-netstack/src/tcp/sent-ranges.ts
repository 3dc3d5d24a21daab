import type { Departure } from './delivery-rate.js';
import { distance, isAfter, isBefore } from './sequence.js';

/** Told of every range when it has arrived, in the order of their sequence. */
export interface DeliveryListener {
  delivered(sent: SentRanges, index: number): void;
}

const SACKED = 1;
const LOST = 2;
const RETRANSMITTED = 4;
const LIMITED = 8;
/** The widest column has 64 bytes then: V8 keeps up to so many among its objects, and more outside, at ten times the cost. */
const FIRST_SIZE = 8;
/** Columns of a connection that sends nothing; they hold nothing, so all may share them. */
const NO_NUMBERS = new Uint32Array(0);
const NO_TIMES = new Float64Array(0);
const NO_MARKS = new Uint8Array(0);

/**
 * What was sent and is not acknowledged: ranges in order of sequence with the time of their last transmission. A range is one segment or
 * one super-packet and is split when a part of it is acknowledged. Columns, not objects, so that a segment costs 41 bytes and no garbage.
 */
export class SentRanges {
  #starts: Uint32Array = NO_NUMBERS;
  #ends: Uint32Array = NO_NUMBERS;
  #times: Float64Array = NO_TIMES;
  #marks: Uint8Array = NO_MARKS;
  /** Of the departure: bytes delivered before it, when the last of them was, and when the first of them was sent. */
  #delivered: Float64Array = NO_TIMES;
  #deliveredAt: Float64Array = NO_TIMES;
  #firstSentAt: Float64Array = NO_TIMES;
  #first = 0;
  #last = 0;
  #total = 0;
  #sacked = 0;
  #lost = 0;
  #retransmitted = 0;

  get count(): number {
    return this.#last - this.#first;
  }

  get outstanding(): number {
    return this.#total;
  }

  get sackedBytes(): number {
    return this.#sacked;
  }

  get lostBytes(): number {
    return this.#lost;
  }

  get hasRetransmitted(): boolean {
    return this.#retransmitted > 0;
  }

  /** Bytes that are believed to be in the network (RFC 6675 "pipe"). */
  get inFlight(): number {
    return this.#total - this.#sacked - this.#lost;
  }

  start(index: number): number {
    return this.#starts[this.#first + index]!;
  }

  end(index: number): number {
    return this.#ends[this.#first + index]!;
  }

  sentAt(index: number): number {
    return this.#times[this.#first + index]!;
  }

  bytes(index: number): number {
    return distance(this.start(index), this.end(index));
  }

  delivered(index: number): number {
    return this.#delivered[this.#first + index]!;
  }

  deliveredAt(index: number): number {
    return this.#deliveredAt[this.#first + index]!;
  }

  firstSentAt(index: number): number {
    return this.#firstSentAt[this.#first + index]!;
  }

  isLimited(index: number): boolean {
    return this.#isMarked(index, LIMITED);
  }

  isRetransmitted(index: number): boolean {
    return this.#isMarked(index, RETRANSMITTED);
  }

  /** Neither arrived nor given up. */
  isInFlight(index: number): boolean {
    return (this.#marks[this.#first + index]! & (SACKED | LOST)) === 0;
  }

  push(start: number, end: number, now: number, departure: Departure): void {
    if (this.#last === this.#starts.length) this.#makeRoom();
    const place = this.#last;
    this.#starts[place] = start;
    this.#ends[place] = end;
    this.#marks[place] = 0;
    this.#depart(place, now, departure);
    this.#last += 1;
    this.#total += distance(start, end);
  }

  /** Takes out everything before `until`. Returns the bytes that had not been known to have arrived. */
  acknowledge(until: number, listener: DeliveryListener): number {
    let news = 0;
    while (this.count > 0 && isBefore(this.start(0), until)) {
      if (isAfter(this.end(0), until)) this.#split(0, until);
      news += this.#deliver(0, listener);
      this.#remove();
    }
    if (this.count === 0) this.#first = this.#last = 0;
    return news;
  }

  /** Marks what a SACK block covers. Returns the bytes that are new. */
  sack(left: number, right: number, listener: DeliveryListener): number {
    let news = 0;
    for (let i = this.#firstEndingAfter(left); i < this.count && isBefore(this.start(i), right); i++) {
      if (this.#isMarked(i, SACKED)) continue;
      if (isBefore(this.start(i), left)) {
        this.#split(i, left);
        continue;
      }
      if (isAfter(this.end(i), right)) this.#split(i, right);
      news += this.#deliver(i, listener);
      this.#mark(i, SACKED);
    }
    return news;
  }

  /** Gives a range up: it will be sent again. */
  lose(index: number): void {
    if (this.isInFlight(index)) this.#mark(index, LOST);
  }

  /** After a retransmission timeout: SACKs are forgotten when the receiver has taken one back (RFC 2018 8). */
  forgetReneged(): void {
    if (this.count === 0 || !this.#isMarked(0, SACKED)) return;
    for (let i = 0; i < this.count; i++) this.#unmark(i, SACKED);
  }

  /** Nothing is in flight any more. */
  loseAll(): void {
    this.forgetReneged();
    for (let i = 0; i < this.count; i++) this.lose(i);
  }

  /** What was given up was there all along. */
  forgive(): void {
    for (let i = 0; i < this.count; i++) this.#unmark(i, LOST);
  }

  /** Index of the first range to be sent again; -1: none. */
  firstLost(): number {
    if (this.#lost === 0) return -1;
    for (let i = 0; i < this.count; i++) if (this.#isMarked(i, LOST)) return i;
    return -1;
  }

  /** The range, or its first bytes up to `end`, was sent again. */
  resent(index: number, end: number, now: number, departure: Departure): void {
    if (isBefore(end, this.end(index))) this.#split(index, end);
    this.#unmark(index, LOST);
    if (!this.#isMarked(index, RETRANSMITTED)) this.#retransmitted += 1;
    this.#marks[this.#first + index]! |= RETRANSMITTED;
    this.#depart(this.#first + index, now, departure);
  }

  /** Splits a range so that its first part has this many bytes. */
  divide(index: number, bytes: number): void {
    this.#split(index, (this.start(index) + bytes) >>> 0);
  }

  /** Splits the last range so that one of at most this many bytes is the last; returns its index. */
  cutTail(bytes: number): number {
    const index = this.count - 1;
    if (this.bytes(index) <= bytes) return index;
    this.#split(index, (this.end(index) - bytes) >>> 0);
    return index + 1;
  }

  clear(): void {
    this.#first = this.#last = this.#total = this.#sacked = this.#lost = this.#retransmitted = 0;
    this.#starts = this.#ends = NO_NUMBERS;
    this.#times = this.#delivered = this.#deliveredAt = this.#firstSentAt = NO_TIMES;
    this.#marks = NO_MARKS;
  }

  #deliver(index: number, listener: DeliveryListener): number {
    if (this.#isMarked(index, SACKED)) return 0;
    this.#unmark(index, LOST);
    listener.delivered(this, index);
    return this.bytes(index);
  }

  #remove(): void {
    this.#unmark(0, SACKED);
    if (this.#isMarked(0, RETRANSMITTED)) this.#retransmitted -= 1;
    this.#total -= this.bytes(0);
    this.#first += 1;
  }

  #isMarked(index: number, mark: number): boolean {
    return (this.#marks[this.#first + index]! & mark) !== 0;
  }

  #mark(index: number, mark: number): void {
    if (!this.#isMarked(index, mark)) this.#count(index, mark, 1);
    this.#marks[this.#first + index]! |= mark;
  }

  #unmark(index: number, mark: number): void {
    if (this.#isMarked(index, mark)) this.#count(index, mark, -1);
    this.#marks[this.#first + index]! &= ~mark;
  }

  #count(index: number, mark: number, sign: number): void {
    const bytes = sign * this.bytes(index);
    if (mark === SACKED) this.#sacked += bytes;
    else this.#lost += bytes;
  }

  /** Both parts keep time and marks. */
  #split(index: number, at: number): void {
    if (this.#last === this.#starts.length) this.#makeRoom();
    const place = this.#first + index;
    this.#starts.copyWithin(place + 1, place, this.#last);
    this.#ends.copyWithin(place + 1, place, this.#last);
    this.#times.copyWithin(place + 1, place, this.#last);
    this.#marks.copyWithin(place + 1, place, this.#last);
    this.#delivered.copyWithin(place + 1, place, this.#last);
    this.#deliveredAt.copyWithin(place + 1, place, this.#last);
    this.#firstSentAt.copyWithin(place + 1, place, this.#last);
    this.#last += 1;
    this.#ends[place] = at;
    this.#starts[place + 1] = at;
    if (this.#isMarked(index, RETRANSMITTED)) this.#retransmitted += 1;
  }

  #depart(place: number, now: number, departure: Departure): void {
    this.#times[place] = now;
    this.#delivered[place] = departure.delivered;
    this.#deliveredAt[place] = departure.deliveredAt;
    this.#firstSentAt[place] = departure.firstSentAt;
    this.#marks[place]! &= ~LIMITED;
    if (departure.isLimited) this.#marks[place]! |= LIMITED;
  }

  #firstEndingAfter(sequence: number): number {
    let low = 0;
    let high = this.count;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (isAfter(this.end(middle), sequence)) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  #makeRoom(): void {
    const size = this.#starts.length;
    this.#resize(this.count > size / 2 ? 2 * size : Math.max(FIRST_SIZE, size));
  }

  /** Moves what is there to the front of columns of this size. */
  #resize(size: number): void {
    const [from, to] = [this.#first, this.#last];
    this.#starts = moved(this.#starts, from, to, new Uint32Array(size));
    this.#ends = moved(this.#ends, from, to, new Uint32Array(size));
    this.#times = moved(this.#times, from, to, new Float64Array(size));
    this.#marks = moved(this.#marks, from, to, new Uint8Array(size));
    this.#delivered = moved(this.#delivered, from, to, new Float64Array(size));
    this.#deliveredAt = moved(this.#deliveredAt, from, to, new Float64Array(size));
    this.#firstSentAt = moved(this.#firstSentAt, from, to, new Float64Array(size));
    this.#first = 0;
    this.#last = to - from;
  }
}

function moved<T extends Uint32Array | Float64Array | Uint8Array>(column: T, from: number, to: number, into: T): T {
  if (from < to) into.set(column.subarray(from, to));
  return into;
}
