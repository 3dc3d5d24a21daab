import { BehaviorSubject, Observable } from 'rxjs';
import type { PartContext } from '../contracts/bind.js';
import type { PacketBatch } from '../contracts/packets.js';
import type { Health } from '../contracts/surroundings.js';
import { PacketStream } from '../packets/packet-stream.js';

export type ReceiveNext = (batch: PacketBatch) => void;

interface ReceiveHooks {
  receive?(batch: PacketBatch, next: ReceiveNext): void;
  close?(): void;
}

/** What stands behind a middleware. */
interface Behind {
  readonly stream$: Observable<PacketBatch>;
  readonly health$: Observable<Health>;
  /** The drop reason of packets that a hook threw over. */
  readonly reason: 'bind-fault' | 'stack-fault';
}

/**
 * The middle of a middleware: takes the inner packet stream, passes it through the receive hook while it is open, and ends with it.
 * RxJS would make an uncaught exception of what the hook throws, so it becomes a counted drop and the health of the part.
 */
export class Middle<H extends ReceiveHooks> {
  /** That of the inner part, and what the middleware did wrong. */
  readonly health$: Observable<Health>;
  readonly #behind: Behind;
  readonly #out = new PacketStream<PacketBatch>();
  readonly #next: ReceiveNext = (batch) => this.#out.emit(batch);
  readonly #fault = new BehaviorSubject<Health | undefined>(undefined);
  #context: PartContext | undefined;
  #hooks: H | undefined;
  #life: 'made' | 'open' | 'closed' = 'made';

  constructor(behind: Behind) {
    this.#behind = behind;
    this.health$ = new Observable((subscriber) => {
      const { next, error, complete } = subscriber;
      const inner = behind.health$.subscribe({
        next: next.bind(subscriber),
        error: error.bind(subscriber),
        complete: complete.bind(subscriber),
      });
      inner.add(this.#fault.subscribe((fault) => fault && subscriber.next(fault)));
      return inner;
    });
  }

  get stream$(): Observable<PacketBatch> {
    return this.#out.stream$;
  }

  /** The hooks while open. */
  get hooks(): H | undefined {
    return this.#life === 'open' ? this.#hooks : undefined;
  }

  async open(context: PartContext, hooks: (context: PartContext) => H, openInner: () => Promise<void>): Promise<void> {
    this.#context = context;
    this.#hooks = hooks(context);
    this.#behind.stream$.subscribe({
      next: (batch) => this.#receive(batch),
      error: (fault) => this.#failed('the packet stream behind it ended with an error', fault),
      complete: () => this.#out.complete(),
    });
    try {
      await openInner();
      if (this.#life === 'made') this.#life = 'open';
    } catch (fault) {
      this.#endHooks();
      throw fault;
    }
  }

  async close(closeInner: () => Promise<void>): Promise<void> {
    this.#life = 'closed';
    try {
      this.#endHooks();
    } finally {
      this.#out.complete();
      await closeInner();
    }
  }

  #endHooks(): void {
    const ending = this.#hooks;
    this.#hooks = undefined;
    ending?.close?.();
  }

  #receive(batch: PacketBatch): void {
    const hooks = this.#hooks;
    if (hooks === undefined) return;
    if (hooks.receive === undefined) return this.#next(batch);
    try {
      hooks.receive(batch, this.#next);
    } catch (fault) {
      this.#context!.drop(this.#behind.reason, batch.count);
      this.#failed('a middleware threw in receive', fault);
    }
  }

  #failed(what: string, fault: unknown): void {
    const text = `${what}: ${fault instanceof Error ? fault.message : String(fault)}`;
    this.#fault.next({ ok: false, code: 'HEDDLE_PLUGIN_FAULT', text, since: this.#context!.clock.now() });
  }
}
