import type { LocalEndpoint, PacketBatch, PartContext } from '@heddle/core';
import { PacketBatch as Batches } from '@heddle/core';
import { BehaviorSubject, NEVER, type Observable } from 'rxjs';
import { GoodBind } from '../good-bind.js';
import { type BindMutant, mutant } from './bind-mutant.js';

export const streamMutants: readonly BindMutant[] = [
  mutant(
    'lets a second subscriber in',
    'one-consumer',
    /second subscriber/,
    class extends GoodBind {
      protected override consumerIsTaken(): boolean {
        return false;
      }
    },
  ),
  mutant(
    'errors the stream',
    'stream-never-errors',
    /errored/,
    class extends GoodBind {
      protected override letGo(): void {
        super.letGo();
        this.consumer?.error(new Error('socket closed'));
      }
    },
  ),
  mutant(
    'emits an empty batch',
    'batch-form',
    /empty batch/,
    class extends GoodBind {
      override receive(from: string, packets: readonly Uint8Array[]): void {
        super.receive(from, packets);
        if (this.life === 'open') this.deliver(Batches.from(this.remote(from)));
      }
    },
  ),
  mutant(
    'declares room that is not there',
    'batch-form',
    /room/,
    class extends GoodBind {
      protected override deliver(batch: PacketBatch): void {
        super.deliver(Object.create(batch, { tailroom: { value: 500 } }) as PacketBatch);
      }
    },
  ),
  mutant(
    'stops after a handler that throws',
    'consumer-throws',
    /throwing handler/,
    class extends GoodBind {
      protected override deliver(batch: PacketBatch): void {
        const poisoned = [...batch].some((packet) => packet.length > 100) && this.outbox.letters.length < 0;
        if (!poisoned && this.seen++ === 0) super.deliver(batch);
      }
      protected seen = 0;
    },
  ),
  mutant(
    'is silent about health',
    'health-replayed',
    /silent/,
    class extends GoodBind {
      override readonly health$: Observable<never> = NEVER;
    },
  ),
  mutant(
    'is not well and has no code',
    'health-replayed',
    /code/,
    class extends GoodBind {
      protected override begin(context: PartContext): void {
        super.begin(context);
        this.state.health.next({ ok: false, since: context.clock.now() });
      }
    },
  ),
  mutant(
    'does not replay endpoints',
    'state-replayed',
    /replay/,
    class extends GoodBind {
      override readonly localEndpoints$: Observable<readonly LocalEndpoint[]> = NEVER;
    },
  ),
  mutant(
    'says that it is not writable for ever',
    'writable-again',
    /stays false/,
    class extends GoodBind {
      protected override drain(): void {
        this.state.writable.next = () => {};
        super.drain();
      }
    },
  ),
  mutant(
    'waits in close for the handler that called it',
    'close-inside-handler',
    /never resolves/,
    class extends GoodBind {
      #delivering = false;
      protected override deliver(batch: PacketBatch): void {
        this.#delivering = true;
        super.deliver(batch);
        this.#delivering = false;
      }
      override close(): Promise<void> {
        return this.#delivering ? new Promise(() => {}) : super.close();
      }
    },
  ),
  mutant(
    'is not writable at rest',
    'idle-writable',
    /writable\$ says false/,
    class extends GoodBind {
      override readonly writable$: Observable<boolean> = new BehaviorSubject(false);
    },
  ),
  mutant(
    'publishes an endpoint of an unknown kind',
    'endpoints',
    /unknown kind/,
    class extends GoodBind {
      protected override begin(context: PartContext): void {
        super.begin(context);
        this.state.endpoints.next([{ remote: this.remote(this.name), kind: 'wan' as 'local' }]);
      }
    },
  ),
  mutant(
    'publishes an endpoint that nobody can parse',
    'endpoints',
    /cannot parse/,
    class extends GoodBind {
      protected override begin(context: PartContext): void {
        super.begin(context);
        this.state.endpoints.next([{ remote: { ...this.remote(this.name), text: '0.0.0.0' }, kind: 'local' }]);
      }
    },
  ),
  mutant(
    'throws when poked before open',
    'poke-and-configure',
    /poke threw before open/,
    class extends GoodBind {
      poke(): void {
        this.context!.clock.now();
      }
    },
  ),
  mutant(
    'sets a timer when poked after close',
    'poke-and-configure',
    /holds/,
    class extends GoodBind {
      poke(): void {
        this.context?.clock.at(this.context.clock.now() + 60_000, () => {});
      }
      protected override letGo(): void {
        super.letGo();
      }
    },
  ),
  mutant(
    'has a colon in its scheme',
    'traits',
    /scheme/,
    class extends GoodBind {
      override readonly scheme = 'good:' as 'good';
    },
  ),
  mutant(
    'learns its traits while opening',
    'traits',
    /traits changed/,
    class extends GoodBind {
      protected override begin(context: PartContext): void {
        super.begin(context);
        this.traits = { ...this.traits, largestDatagram: 1_200 };
      }
    },
  ),
];
