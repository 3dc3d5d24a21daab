import type { Clock } from '@heddle/core';
import { Rounds } from '../control/rounds.js';
import type { MapWriter } from './map-writer.js';

/** So many bytes are written before sockets have their turn: what waits in memory stays small, however many listen. */
const PORTION = 1024 * 1024;

/** Lets all writers tell what has changed, round by round. */
export class MapRounds {
  readonly #clock: Clock;
  readonly #rounds = new Rounds();
  readonly #writers = new Set<MapWriter>();
  #cancel: (() => void) | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** A stream of maps opens, and is told its first one now or in the next round. */
  open(writer: MapWriter): void {
    this.#writers.add(writer);
    if (this.#rounds.opened(this.#clock.now(), this.#writers.size)) writer.write();
    else if (this.#cancel === undefined) this.#wait();
  }

  delete(writer: MapWriter): void {
    this.#writers.delete(writer);
  }

  /** Something may have changed for those who watch. */
  wake(): void {
    this.#rounds.noted(this.#clock.now());
    if (this.#cancel === undefined) this.#wait();
  }

  stop(): void {
    this.#cancel?.();
    this.#writers.clear();
  }

  #wait(): void {
    const wakeAt = this.#rounds.wakeAt(this.#clock.now(), this.#writers.size);
    this.#cancel = wakeAt === Number.POSITIVE_INFINITY ? undefined : this.#clock.at(wakeAt, () => this.#woken(wakeAt));
  }

  /** It may be due later than it was when the timer was set. */
  #woken(wakeAt: number): void {
    const now = this.#clock.now();
    this.#rounds.woken(wakeAt, now);
    if (now < this.#rounds.dueAt(this.#writers.size)) return this.#wait();
    this.#rounds.begun(now);
    this.#tell([...this.#writers]);
  }

  #told(): void {
    this.#rounds.ended(this.#clock.now());
    this.#wait();
  }

  #tell(writers: readonly MapWriter[]): void {
    let [told, bytes] = [0, 0];
    while (told < writers.length && bytes < PORTION) bytes += writers[told++]!.write();
    const left = writers.slice(told);
    this.#cancel = this.#clock.at(this.#clock.now(), () => (left.length > 0 ? this.#tell(left) : this.#told()));
  }
}
