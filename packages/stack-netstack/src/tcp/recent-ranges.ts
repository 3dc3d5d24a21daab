import { isAfter, isBefore } from './sequence.js';

/** Only those that SACK blocks can be made of. */
const MOST = 4;

/** Which of the ranges behind a gap got bytes last: one number inside each of them, the newest first. */
export class RecentRanges {
  sequences: readonly number[] = [];
  /** The first of them has news that no acknowledgment has told. */
  hasNews = false;

  /** There is no gap any more. */
  forget(): void {
    if (this.sequences.length > 0) this.sequences = [];
  }

  /** Bytes came into the range between left and right. Each range is there once: more of the newest one must not make the others forgotten. */
  note(sequence: number, left: number, right: number, next: number): void {
    this.hasNews = true;
    const newest = this.sequences[0];
    if (newest !== undefined && !isBefore(newest, left) && isBefore(newest, right)) return;
    const kept = this.sequences.filter((each) => isAfter(each, next) && (isBefore(each, left) || !isBefore(each, right)));
    this.sequences = [sequence, ...kept].slice(0, MOST);
  }
}
