import { initialWindow } from './congestion-control.js';

/** So much may leave before its time: shorter than what timers can do. Milliseconds. */
const AHEAD = 1;
/** What a late timer or a silent application left unused may be made up for: so many milliseconds, or an initial window. */
const BEHIND = 4;

/** When the next bytes may leave at a given rate. Rates in bytes a millisecond. */
export class Pacing {
  nextAt = 0;

  /** Bytes that may leave now; 0: none before `nextAt`. */
  room(rate: number, segment: number, now: number): number {
    if (rate === Infinity) return Infinity;
    const room = (now + AHEAD - Math.max(this.nextAt, now - BEHIND)) * rate;
    if (this.nextAt > now) return room >= segment ? room : 0;
    return Math.max(room, segment);
  }

  sent(bytes: number, rate: number, segment: number, now: number): void {
    if (rate === Infinity) return;
    const behind = Math.max(BEHIND, initialWindow(segment) / rate);
    this.nextAt = Math.max(this.nextAt, now - behind) + bytes / rate;
  }
}
