import { initialWindow } from './congestion-control.js';

/** So much may leave before its time: shorter than what timers can do. Milliseconds. */
const AHEAD = 1;
/** Less than so much ahead of its time waits until more may leave at once: each packet alone costs several times as much. */
const QUANTUM = 0.5;
/** What a silent application left unused may be made up for: so many milliseconds, or an initial window. */
const BEHIND = 4;
/** What waited for its time and then for a busy event loop may be made up for: the path was as idle as we were. */
const LATE = 60;

/** When the next bytes may leave at a given rate. Rates in bytes a millisecond. */
export class Pacing {
  nextAt = 0;
  /** Bytes wait for `nextAt`. */
  #isAwaited = false;

  /** Bytes that may leave now; 0: none before `nextAt`. */
  room(rate: number, segment: number, now: number): number {
    if (rate === Infinity) return Infinity;
    const room = (now + AHEAD - Math.max(this.nextAt, now - this.#patience)) * rate;
    if (this.nextAt <= now) return Math.max(room, segment);
    if (room >= Math.max(segment, QUANTUM * rate)) return room;
    this.#isAwaited = true;
    return 0;
  }

  sent(bytes: number, rate: number, segment: number, now: number): void {
    if (rate === Infinity) return;
    const behind = Math.max(this.#patience, initialWindow(segment) / rate);
    this.nextAt = Math.max(this.nextAt, now - behind) + bytes / rate;
  }

  /** Nothing waits: what is not sent now is not made up for. */
  rest(): void {
    this.#isAwaited = false;
  }

  get #patience(): number {
    return this.#isAwaited ? LATE : BEHIND;
  }
}
