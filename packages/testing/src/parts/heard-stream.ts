import { Observable, type Observer, type Subscription } from 'rxjs';

/** A packet stream that tells when somebody begins and ends to listen. A second consumer throws at its caller, as with the stream itself. */
export class HeardStream<T> extends Observable<T> {
  readonly #inner: Observable<T>;
  readonly #heard: (yes: boolean) => void;

  constructor(inner: Observable<T>, heard: (yes: boolean) => void) {
    super();
    this.#inner = inner;
    this.#heard = heard;
  }

  override subscribe(observer?: Partial<Observer<T>> | ((value: T) => void) | null): Subscription {
    const subscription = this.#inner.subscribe(observer as Partial<Observer<T>>);
    this.#heard(true);
    subscription.add(() => this.#heard(false));
    return subscription;
  }
}
