import {
  type Health,
  HeddleError,
  type PacketBatch,
  PacketStream,
  type PartContext,
  type Stack,
  type StackConfig,
  type StackTraits,
} from '@heddle/core';
import { openTun, type TunDevice, type TunLink } from '@heddle/native-linux';
import { VNET_HEADER } from '@heddle/wire';
import { BehaviorSubject, type Observable } from 'rxjs';
import type { TunStackOptions } from './options.js';
import { PacketReader } from './pure/packet-reader.js';
import { PacketWriter } from './pure/packet-writer.js';

/** What there is while the interface is open. */
interface Running {
  readonly context: PartContext;
  readonly device: TunDevice;
  readonly reader: PacketReader;
  readonly writer: PacketWriter;
}

/** The kernel as a Stack: packets that it routes to the interface come out, and what is delivered goes in. */
export class TunStack implements Stack {
  readonly contract = 1;
  readonly traits: StackTraits = { superPackets: true, headroom: VNET_HEADER };
  readonly packets$: Observable<PacketBatch>;
  readonly health$: Observable<Health>;
  readonly #options: TunStackOptions;
  readonly #out = new PacketStream<PacketBatch>();
  readonly #health = new BehaviorSubject<Health>({ ok: true, since: 0 });
  #state: 'made' | 'open' | 'closed' = 'made';
  #running: Running | undefined;
  #paused = false;

  constructor(options: TunStackOptions = {}) {
    this.#options = options;
    this.packets$ = this.#out.stream$;
    this.health$ = this.#health.asObservable();
  }

  /** The interface; undefined while there is none. */
  get link(): TunLink | undefined {
    return this.#running?.device.link;
  }

  async open(context: PartContext, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    if (this.#state !== 'made') throw new HeddleError('HEDDLE_NOT_RUNNING', 'a TUN stack is opened once; make a new one');
    this.#state = 'open';
    const { name, fd, mtu, offload, open = openTun } = this.#options;
    const device = await open({
      ...(name !== undefined && { name }),
      ...(fd !== undefined && { fd }),
      ...(mtu !== undefined && { mtu }),
      ...(offload !== undefined && { offload }),
    });
    if (this.#givenUp(signal)) {
      device.close();
      signal.throwIfAborted();
      throw new HeddleError('HEDDLE_NOT_RUNNING', 'the TUN stack was closed while it opened');
    }
    this.#run(context, device);
  }

  async close(): Promise<void> {
    if (this.#state === 'closed') return;
    this.#state = 'closed';
    const running = this.#running;
    this.#running = undefined;
    running?.reader.stop(true);
    running?.device.close();
    this.#out.complete();
    this.#health.complete();
  }

  deliver(batch: PacketBatch): number {
    const running = this.#running;
    if (running === undefined) return 0;
    running.writer.write(batch);
    return batch.count;
  }

  pause(paused: boolean): void {
    this.#paused = paused;
    this.#running?.reader.stop(paused);
    this.#running?.device.pause(paused);
  }

  async configure(_config: StackConfig): Promise<void> {}

  #givenUp(signal: AbortSignal): boolean {
    return this.#state === 'closed' || signal.aborted;
  }

  #run(context: PartContext, device: TunDevice): void {
    const { pool, drop } = context;
    const reader = new PacketReader({ device, pool, drop, emit: (batch) => this.#out.emit(batch) });
    this.#running = { context, device, reader, writer: new PacketWriter(device, drop) };
    reader.stop(this.#paused);
    device.pause(this.#paused);
    device.watch({
      readable: () => reader.burst(),
      changed: (link) => this.#changed(link),
      deleted: () => this.#deleted(),
    });
  }

  #changed(link: TunLink): void {
    this.#options.onLink?.(link);
  }

  #deleted(): void {
    const since = this.#running?.context.clock.now() ?? 0;
    this.#running = undefined;
    this.#health.next({ ok: false, code: 'HEDDLE_TUN_DELETED', text: 'the TUN interface was deleted', since });
    this.#options.onDeleted?.();
  }
}
