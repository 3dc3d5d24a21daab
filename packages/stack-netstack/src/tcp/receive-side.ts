import type { Bytes } from '@heddle/core';
import { ByteRing } from './byte-ring.js';
import type { MemoryBudget } from './memory-budget.js';
import { RecentRanges } from './recent-ranges.js';
import { advance, distance, isAfter, isBefore } from './sequence.js';
import { SequenceRanges } from './sequence-ranges.js';
import { WindowTuning } from './window-tuning.js';

/** Gaps in the stream that are remembered; what would open another one is dropped and comes again. */
const MOST_RANGES = 1024;
/** The first segments of a connection are acknowledged at once, so that the peer's slow start is not held up. */
const QUICK_ACKS = 16;
/** When memory is tight, no more than this is offered, and no more of it is laid out for bytes behind a gap. */
const TIGHT_LIMIT = 64 * 1024;

/** The receive variables of RFC 9293 3.3.1, bytes that wait for the reader, and bytes behind a gap. */
export class ReceiveSide {
  readonly initial: number;
  /** RCV.NXT. */
  next: number;
  /** End of the window as offered. */
  edge: number;
  finished = false;
  ack: 'none' | 'delayed' | 'now' = 'none';
  /** What the last acknowledgment that was sent said. */
  lastAcknowledged: number;
  /** Acknowledgments to repeat for peers without SACK, which count them. */
  duplicates = 0;
  quickAcks: number = QUICK_ACKS;
  /** Left and right of what came twice (RFC 2883). */
  duplicate: readonly [number, number] | undefined;
  readonly tuning: WindowTuning;
  readonly #memory: MemoryBudget;
  readonly #ring: ByteRing;
  readonly #ranges = new SequenceRanges(MOST_RANGES);
  readonly #recent = new RecentRanges();
  #ready = 0;

  constructor(initial: number, most: number, memory: MemoryBudget) {
    this.initial = initial;
    this.next = advance(initial, 1);
    this.edge = this.next;
    this.lastAcknowledged = this.next;
    this.#memory = memory;
    this.#ring = new ByteRing(memory);
    this.tuning = new WindowTuning(most);
  }

  /** Bytes in order that wait for the reader. */
  get ready(): number {
    return this.#ready;
  }

  get hasGaps(): boolean {
    return this.#ranges.count > 0;
  }

  /** A segment there would be news of another range: the last news is told first, so that each range is in as many acknowledgments as blocks fit (RFC 2018 5). */
  wouldHide(sequence: number): boolean {
    const newest = this.#recent.sequences[0];
    if (!this.#recent.hasNews || newest === undefined || !isAfter(sequence, this.next)) return false;
    const index = this.#ranges.find(newest);
    return index >= 0 && (isBefore(sequence, this.#ranges.left(index)) || isAfter(sequence, this.#ranges.right(index)));
  }

  /** An acknowledgment with blocks has left. */
  reported(): void {
    this.duplicate = undefined;
    this.#recent.hasNews = false;
  }

  /** Bytes that the peer may send beyond RCV.NXT, as offered. */
  get window(): number {
    return Math.max(0, distance(this.next, this.edge));
  }

  /** Bytes that could be offered now. */
  get space(): number {
    const { limit } = this.tuning;
    return Math.max(0, (this.#memory.isTight ? Math.min(limit, TIGHT_LIMIT) : limit) - this.#ready);
  }

  /** Takes payload that lies inside the window. False: no memory, or too many gaps. */
  take(sequence: number, from: Bytes, at: number, length: number): boolean {
    const offset = this.#ready + distance(this.next, sequence);
    const end = advance(sequence, length);
    if (sequence !== this.next && this.#memory.isTight && offset + length > Math.max(TIGHT_LIMIT, this.#ring.capacity)) return false;
    if (!this.#ring.reserve(offset + length)) return false;
    if (sequence !== this.next) return this.#keepBehindGap(sequence, end, offset, from, at, length);
    this.#ring.put(offset, from, at, length);
    this.#advanceTo(this.#ranges.absorb(end));
    return true;
  }

  /** The FIN came in order. */
  finish(): void {
    this.finished = true;
    this.#advanceTo(advance(this.next, 1));
    this.#ready -= 1;
  }

  read(into: Bytes): number {
    const length = Math.min(into.length, this.#ready);
    this.#ring.copy(0, into, 0, length);
    this.#ring.drop(length);
    this.#ready -= length;
    return length;
  }

  /** Up to this many SACK blocks, the one with the newest segment first (RFC 2018 4), a D-SACK before them. */
  blocks(most: number): { left: number; right: number }[] {
    const blocks = this.duplicate ? [{ left: this.duplicate[0], right: this.duplicate[1] }] : [];
    const seen = new Set<number>();
    for (const sequence of this.#recent.sequences) {
      const index = this.#ranges.find(sequence);
      if (index < 0 || seen.has(index) || blocks.length >= most) continue;
      seen.add(index);
      blocks.push({ left: this.#ranges.left(index), right: this.#ranges.right(index) });
    }
    return blocks;
  }

  /** Moves the end of the offered window, but never back, and not by crumbs (RFC 9293 3.8.6.2.2). True: it is worth telling. */
  offer(segment: number): boolean {
    const edge = advance(this.next, this.space);
    const gain = distance(this.edge, edge);
    if (gain < Math.min(segment, this.tuning.limit >>> 1)) return false;
    const wasSmall = this.window < 2 * segment || gain >= this.tuning.limit >>> 1;
    this.edge = edge;
    return wasSmall;
  }

  /** Gives memory back when nothing waits. */
  rest(): void {
    if (this.#ready === 0 && !this.hasGaps) this.#ring.release();
  }

  /** What is thrown away unread must not look like an end in order. */
  release(): void {
    if (this.#ready > 0) this.finished = false;
    this.#ready = 0;
    this.#ranges.clear();
    this.#ring.release();
  }

  #keepBehindGap(sequence: number, end: number, offset: number, from: Bytes, at: number, length: number): boolean {
    const isKnown = this.#ranges.covers(sequence, end);
    if (isKnown) this.duplicate = [sequence, end];
    else if (!this.#ranges.add(sequence, end)) return false;
    else this.#ring.put(offset, from, at, length);
    const index = this.#ranges.find(sequence);
    this.#recent.note(sequence, this.#ranges.left(index), this.#ranges.right(index), this.next);
    return true;
  }

  #advanceTo(next: number): void {
    const news = distance(this.next, next);
    this.#ready += news;
    this.next = next;
    if (isAfter(next, this.edge)) this.edge = next;
    if (!this.hasGaps) this.#recent.forget();
  }
}
