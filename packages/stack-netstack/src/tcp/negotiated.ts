import type { TcpOptionFields } from '@heddle/wire';

/** RFC 7323 5.5: a timestamp older than this says nothing. */
const STALE = 24 * 24 * 3_600_000;

/** What both sides agreed on in their SYNs, and the state of timestamps (RFC 7323). */
export class Negotiated {
  timestamps = false;
  sack = false;
  isScaled = false;
  sendScale = 0;
  receiveScale = 0;
  /** The segment size that the peer takes. */
  peerSegment = 0;
  readonly #offset: number;
  #recent = 0;
  #recentAt = -Infinity;

  /** `offset`: random, so that our clock does not show. */
  constructor(offset: number) {
    this.#offset = offset >>> 0;
  }

  /** TSval of now. */
  stamp(now: number): number {
    return (Math.floor(now) + this.#offset) >>> 0;
  }

  /** TS.Recent: what our segments echo. */
  get recent(): number {
    return this.#recent;
  }

  /** When the segment with this TSval was sent, in whole milliseconds. */
  sentAt(stamp: number, now: number): number {
    return Math.floor(now) - ((this.stamp(now) - stamp) >>> 0);
  }

  /** RFC 7323 5.3 R1: the segment is older than one that has been taken. */
  isOld(stamp: number, now: number): boolean {
    return now - this.#recentAt <= STALE && ((stamp - this.#recent) | 0) < 0;
  }

  remember(stamp: number, now: number): void {
    this.#recent = stamp;
    this.#recentAt = now;
  }

  /** An option counts only when both SYNs had it. */
  agree(options: TcpOptionFields, receiveScale: number, now: number): void {
    this.timestamps = options.timestamps;
    this.sack = options.sackPermitted;
    if (options.windowScale >= 0) {
      this.isScaled = true;
      this.sendScale = Math.min(14, options.windowScale);
      this.receiveScale = receiveScale;
    }
    if (options.timestamps) this.remember(options.timestampValue, now);
  }
}
