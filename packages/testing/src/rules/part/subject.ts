import type { Clock, Health, PacketBatch, PartContext } from '@heddle/core';
import type { Observable } from 'rxjs';
import { CountingSignal } from '../foundation/counting-signal.js';
import { Inbox } from '../foundation/inbox.js';
import { PoisonContext } from '../foundation/poison-context.js';

/** What a Bind and a Stack have in common. */
export interface Part {
  open(context: PartContext, signal: AbortSignal): Promise<void>;
  close(): Promise<void>;
  readonly health$: Observable<Health>;
}

/** A part under test with what core would lend it, and its only consumer. */
export class Subject<P extends Part> {
  readonly part: P;
  readonly context: PoisonContext;
  readonly inbox = new Inbox();
  readonly #stream: Observable<PacketBatch>;
  readonly signal: CountingSignal = new CountingSignal();

  constructor(part: P, stream: Observable<PacketBatch>, clock: Clock, seed: number) {
    this.part = part;
    this.context = new PoisonContext(clock, seed);
    this.#stream = stream;
  }

  listen(): void {
    this.inbox.subscribe(this.#stream);
  }

  open(): Promise<void> {
    return this.part.open(this.context, this.signal.signal);
  }

  openUnder(signal: AbortSignal): Promise<void> {
    return this.part.open(this.context, signal);
  }

  /** One more subscription, as nobody may make it. */
  listenAgain(): void {
    this.#stream.subscribe({ error: () => {} });
  }
}
