import { Observable, Subject } from 'rxjs';

/** A stream that gives a late subscriber the latest value first, also after it has completed. */
export class Latest<T> {
  readonly stream$: Observable<T>;
  readonly #subject = new Subject<T>();
  #latest: { readonly value: T } | undefined;

  /** `late`: the form in which a late subscriber gets the latest value. */
  constructor(late: (value: T) => T = (value) => value) {
    this.stream$ = new Observable((subscriber) => {
      if (this.#latest !== undefined) subscriber.next(late(this.#latest.value));
      return this.#subject.subscribe(subscriber);
    });
  }

  get value(): T | undefined {
    return this.#latest?.value;
  }

  next(value: T): void {
    this.#latest = { value };
    this.#subject.next(value);
  }

  complete(): void {
    this.#subject.complete();
  }
}
