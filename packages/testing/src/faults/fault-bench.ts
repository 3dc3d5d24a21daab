import { type Bind, type Middleware, PacketBatch, through } from '@heddle/core';
import { memory } from '../parts/memory-bind.js';
import { MemoryNetwork } from '../parts/memory-network.js';
import { PoisonContext } from '../rules/foundation/poison-context.js';
import { VirtualClock } from '../time/virtual-clock.js';

/** For tests: Bind a with middleware around it, and a plain Bind b. */
export class FaultBench {
  readonly clock = new VirtualClock();
  readonly context = { a: new PoisonContext(this.clock, 1), b: new PoisonContext(this.clock, 2) };
  readonly a: Bind;
  readonly b: Bind;
  /** Number in the first two bytes, and when it came. */
  readonly atA: { n: number; at: number; bytes: number[] }[] = [];
  readonly atB: { n: number; at: number; bytes: number[] }[] = [];

  constructor(...middleware: Middleware[]) {
    const network = new MemoryNetwork();
    this.a = made(through(memory({ network, name: 'a' }), ...middleware));
    this.b = made(memory({ network, name: 'b' }));
    this.#listen(this.a, this.atA);
    this.#listen(this.b, this.atB);
  }

  async open(): Promise<this> {
    await this.a.open(this.context.a, new AbortController().signal);
    await this.b.open(this.context.b, new AbortController().signal);
    return this;
  }

  /** One batch with packets of these numbers. */
  send(numbers: readonly number[], size = 4, from: 'a' | 'b' = 'a'): number {
    const [sender, to] = from === 'a' ? [this.a, 'mem:b'] : [this.b, 'mem:a'];
    return sender.send(sender.parse(to)!, PacketBatch.of(...numbers.map((n) => packetOf(n, size))));
  }

  /** A batch of 10 each millisecond. */
  stream(batches: number, from: 'a' | 'b' = 'a', size = 4): this {
    for (let i = 0; i < batches; i++) {
      this.send(
        Array.from({ length: 10 }, (_, k) => 10 * i + k),
        size,
        from,
      );
      this.clock.advance(1);
    }
    this.clock.advance(60_000);
    return this;
  }

  #listen(bind: Bind, into: { n: number; at: number; bytes: number[] }[]): void {
    bind.datagrams$.subscribe((batch) => {
      for (const packet of batch) into.push({ n: packet[0]! * 256 + packet[1]!, at: this.clock.now(), bytes: [...packet] });
    });
  }
}

export function packetOf(n: number, size: number): Uint8Array {
  const packet = new Uint8Array(size);
  packet[0] = n >> 8;
  packet[1] = n;
  return packet;
}

function made(plugin: ReturnType<typeof through>): Bind {
  return plugin.provides[0]!.create() as Bind;
}
