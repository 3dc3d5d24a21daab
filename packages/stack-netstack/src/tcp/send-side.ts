import type { Bytes } from '@heddle/core';
import { ByteRing } from './byte-ring.js';
import type { MemoryBudget } from './memory-budget.js';
import { PeerWindow } from './peer-window.js';
import { advance, distance, latest } from './sequence.js';

/** Who never acknowledged anything gets what the initial window needs, or next to nothing when memory is tight: he may be sockstress. */
const UNPROVEN_LIMIT = 16 * 1024;
const TIGHT_LIMIT = 2 * 1024;
/** Then a send buffer begins with this much and follows the congestion window. */
const FIRST_LIMIT = 64 * 1024;

/** The send variables of RFC 9293 3.3.1, and the bytes that are not acknowledged. */
export class SendSide {
  readonly initial: number;
  /** SND.UNA and SND.NXT. */
  unacknowledged: number;
  next: number;
  readonly peer: PeerWindow = new PeerWindow();
  fin: 'none' | 'wanted' | 'sent' = 'none';
  /** End of the last segment that was not full (RFC 1122, Minshall). */
  smallEnd: number;
  /** When a segment with data or SYN was sent last; -1: never. */
  lastAt = -1;
  wantsWritable = false;
  readonly #ring: ByteRing;
  readonly #memory: MemoryBudget;
  readonly #most: number;
  #isSynAcknowledged = false;
  #length = 0;
  #limit: number;

  constructor(initial: number, most: number, memory: MemoryBudget) {
    this.initial = initial;
    this.unacknowledged = initial;
    this.next = initial;
    this.smallEnd = initial;
    this.#ring = new ByteRing(memory);
    this.#memory = memory;
    this.#most = most;
    this.#limit = Math.min(UNPROVEN_LIMIT, most);
  }

  /** Sequence number of the first byte in the buffer. */
  get base(): number {
    return this.#isSynAcknowledged ? this.unacknowledged : advance(this.initial, 1);
  }

  /** Bytes in the buffer, sent or not. */
  get length(): number {
    return this.#length;
  }

  get unsent(): number {
    return this.#length - Math.min(this.#length, Math.max(0, distance(this.base, this.next)));
  }

  get isFinAcknowledged(): boolean {
    return this.fin === 'sent' && this.unacknowledged === this.next;
  }

  /** Sequence number of the FIN, once it was sent. */
  get finSequence(): number {
    return advance(this.next, -1);
  }

  /** Bytes that the peer's window lets out beyond what was sent. */
  get windowRoom(): number {
    return distance(this.next, advance(this.unacknowledged, this.peer.size));
  }

  get room(): number {
    return Math.max(0, (this.#isSuspect ? TIGHT_LIMIT : this.#limit) - this.#length);
  }

  get #isSuspect(): boolean {
    return this.#memory.isTight && this.#limit <= UNPROVEN_LIMIT;
  }

  /** Enough room that it is worth waking the writer. */
  get hasGoodRoom(): boolean {
    return this.room >= this.#limit >>> 2;
  }

  /** How many bytes were taken. */
  write(bytes: Bytes): number {
    const taken = Math.min(bytes.length, this.room);
    if (taken < bytes.length) this.wantsWritable = true;
    if (taken === 0 || !this.#ring.reserve(this.#length + taken)) return 0;
    this.#ring.put(this.#length, bytes, 0, taken);
    this.#length += taken;
    return taken;
  }

  /** Copies bytes that begin at a sequence number. */
  copy(sequence: number, into: Bytes, at: number, length: number): void {
    this.#ring.copy(distance(this.base, sequence), into, at, length);
  }

  /** The peer has everything before this number. */
  acknowledge(until: number): void {
    const bytes = Math.min(this.#length, Math.max(0, distance(this.base, until)));
    this.#ring.drop(bytes);
    this.#length -= bytes;
    if (bytes > 0) this.#limit = Math.max(this.#limit, Math.min(FIRST_LIMIT, this.#most));
    this.unacknowledged = until;
    this.#isSynAcknowledged = true;
    this.next = latest(this.next, until);
  }

  /** Twice the congestion window, so that the next round trip can be filled while this one is unacknowledged. */
  tune(congestionWindow: number): void {
    if (this.#limit > UNPROVEN_LIMIT) this.#limit = Math.min(this.#most, Math.max(this.#limit, 2 * Math.floor(congestionWindow)));
  }

  /** Gives memory back when nothing waits. */
  rest(): void {
    if (this.#length === 0) this.#ring.release();
  }

  release(): void {
    this.#length = 0;
    this.#ring.release();
  }
}
