import { Observable, type Observer, type Subscriber, type Subscription } from 'rxjs';
import { HeddleError } from '../errors/heddle-error.js';

/** The source of datagrams$ and packets$: hot, synchronous, one consumer, no error; nothing comes after complete. */
export class PacketStream<T> {
  readonly stream$: Observable<T>;
  #consumer: Subscriber<T> | undefined;
  #completed = false;

  constructor() {
    this.stream$ = new SingleConsumer<T>(
      () => this.#consumer !== undefined && !this.#completed,
      (subscriber) => this.#take(subscriber),
    );
  }

  emit(batch: T): void {
    if (!this.#completed) this.#consumer?.next(batch);
  }

  complete(): void {
    this.#completed = true;
    this.#consumer?.complete();
  }

  #take(subscriber: Subscriber<T>): () => void {
    this.#consumer = subscriber;
    if (this.#completed) subscriber.complete();
    return () => {
      this.#consumer = undefined;
    };
  }
}

/** RxJS turns a throw inside the subscriber function into an error event; a second consumer is a bug and must throw at its caller. */
class SingleConsumer<T> extends Observable<T> {
  readonly #taken: () => boolean;

  constructor(taken: () => boolean, take: (subscriber: Subscriber<T>) => () => void) {
    super(take);
    this.#taken = taken;
  }

  override subscribe(observer?: Partial<Observer<T>> | ((value: T) => void) | null): Subscription {
    if (this.#taken())
      throw new HeddleError('HEDDLE_SECOND_SUBSCRIBER', 'a packet stream has one consumer: look at packets with wrapBind or wrapStack');
    return super.subscribe(observer as Partial<Observer<T>>);
  }
}
