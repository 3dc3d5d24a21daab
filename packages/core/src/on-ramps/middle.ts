import type { Observable } from 'rxjs';
import type { PacketBatch } from '../contracts/packets.js';
import { PacketStream } from '../packets/packet-stream.js';

export type ReceiveNext = (batch: PacketBatch) => void;

interface ReceiveHooks {
  receive?(batch: PacketBatch, next: ReceiveNext): void;
  close?(): void;
}

/** The middle of a middleware: takes the inner packet stream, passes it through the receive hook while it is open, and ends with it. */
export class Middle<H extends ReceiveHooks> {
  readonly #inner: Observable<PacketBatch>;
  readonly #out = new PacketStream<PacketBatch>();
  readonly #next: ReceiveNext = (batch) => this.#out.emit(batch);
  #hooks: H | undefined;
  #life: 'made' | 'open' | 'closed' = 'made';

  constructor(inner: Observable<PacketBatch>) {
    this.#inner = inner;
  }

  get stream$(): Observable<PacketBatch> {
    return this.#out.stream$;
  }

  /** The hooks while open. */
  get hooks(): H | undefined {
    return this.#life === 'open' ? this.#hooks : undefined;
  }

  async open(hooks: H, openInner: () => Promise<void>): Promise<void> {
    this.#hooks = hooks;
    this.#inner.subscribe({ next: (batch) => this.#receive(batch), complete: () => this.#out.complete() });
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
    this.#endHooks();
    this.#out.complete();
    await closeInner();
  }

  #endHooks(): void {
    const ending = this.#hooks;
    this.#hooks = undefined;
    ending?.close?.();
  }

  #receive(batch: PacketBatch): void {
    const hooks = this.#hooks;
    if (hooks?.receive !== undefined) hooks.receive(batch, this.#next);
    else if (hooks !== undefined) this.#next(batch);
  }
}
