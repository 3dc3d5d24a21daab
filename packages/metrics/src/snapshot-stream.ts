import type { Clock } from '@heddle/core';
import { Observable, type Subscriber } from 'rxjs';

/** Takes one snapshot for each subscriber at once, and one for all of them each interval. Idle while nobody listens. */
export class SnapshotStream<T> {
  readonly stream$: Observable<T>;
  readonly #clock: Clock;
  readonly #interval: number;
  readonly #take: () => T;
  readonly #listeners = new Set<Subscriber<T>>();
  #cancel = (): void => {};
  #ended = false;

  constructor(clock: Clock, interval: number, take: () => T) {
    this.#clock = clock;
    this.#interval = interval;
    this.#take = take;
    this.stream$ = new Observable((subscriber) => this.#listen(subscriber));
  }

  /** Completes for everybody. */
  end(): void {
    this.#ended = true;
    this.#cancel();
    for (const listener of [...this.#listeners]) listener.complete();
  }

  #listen(subscriber: Subscriber<T>): () => void {
    if (this.#ended) subscriber.complete();
    else {
      this.#listeners.add(subscriber);
      if (this.#listeners.size === 1) this.#arm();
      subscriber.next(this.#take());
    }
    return () => {
      this.#listeners.delete(subscriber);
      if (this.#listeners.size === 0) this.#cancel();
    };
  }

  #arm(): void {
    this.#cancel();
    this.#cancel = this.#clock.at(this.#clock.now() + this.#interval, () => this.#tick());
  }

  #tick(): void {
    this.#arm();
    const value = this.#take();
    for (const listener of [...this.#listeners]) listener.next(value);
  }
}
