import {
  type FlowLayer,
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
import { HostFlows } from './flows/host-flows.js';
import { runCommand } from './host/command.js';
import { HostChanges } from './host/host-changes.js';
import { HostKeeper } from './host/host-keeper.js';
import { DEFAULT_MARK, DEFAULT_STATE_FOLDER, type TunStackOptions } from './options.js';
import { PacketReader } from './pure/packet-reader.js';
import { PacketWriter } from './pure/packet-writer.js';
import { QueueOverflow } from './pure/queue-overflow.js';

/** What there is while the interface is open. */
interface Running {
  readonly context: PartContext;
  readonly device: TunDevice;
  readonly reader: PacketReader;
  readonly writer: PacketWriter;
  readonly overflow: QueueOverflow;
  /** Undefined: somebody else configures. */
  readonly keeper: HostKeeper | undefined;
}

/** The kernel as a Stack: packets that it routes to the interface come out, and what is delivered goes in. */
export class TunStack implements Stack {
  readonly contract = 1;
  readonly traits: StackTraits = { superPackets: true, headroom: VNET_HEADER };
  readonly flows: FlowLayer;
  readonly packets$: Observable<PacketBatch>;
  readonly health$: Observable<Health>;
  readonly #options: TunStackOptions;
  readonly #flows: HostFlows;
  readonly #out = new PacketStream<PacketBatch>();
  readonly #health = new BehaviorSubject<Health>({ ok: true, since: 0 });
  #state: 'made' | 'open' | 'closed' = 'made';
  #running: Running | undefined;
  #config: StackConfig | undefined;
  #paused = false;

  constructor(options: TunStackOptions = {}) {
    this.#options = options;
    this.#flows = new HostFlows(() => this.#running?.device.link.name);
    this.flows = this.#flows;
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
    const changes = this.#changes(context);
    await changes?.recover();
    signal.throwIfAborted();
    const device = await this.#openDevice();
    if (this.#state !== 'open' || signal.aborted) {
      device.close();
      signal.throwIfAborted();
      throw new HeddleError('HEDDLE_NOT_RUNNING', 'the TUN stack was closed while it opened');
    }
    this.#run(context, device, changes && new HostKeeper(changes, this.#options, context.log));
    if (this.#config !== undefined) await this.configure(this.#config);
  }

  async close(): Promise<void> {
    if (this.#state === 'closed') return;
    this.#state = 'closed';
    const running = this.#running;
    this.#running = undefined;
    running?.reader.stop(true);
    running?.device.pause(true);
    this.#out.complete();
    this.#health.complete();
    await this.#flows.close();
    await running?.keeper?.end();
    running?.device.close();
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
    if (!paused) this.#running?.overflow.look();
  }

  async configure(config: StackConfig): Promise<void> {
    this.#config = config;
    const running = this.#running;
    await running?.keeper?.configure(running.device.link.name, config);
  }

  #changes({ log }: PartContext): HostChanges | undefined {
    const { configure = true, stateFolder = DEFAULT_STATE_FOLDER, mark = DEFAULT_MARK, run = runCommand } = this.#options;
    return configure ? new HostChanges({ folder: stateFolder, mark, run, log }) : undefined;
  }

  #openDevice(): Promise<TunDevice> {
    const { name, fd, mtu, offload, open = openTun } = this.#options;
    return open({
      ...(name !== undefined && { name }),
      ...(fd !== undefined && { fd }),
      ...(mtu !== undefined && { mtu }),
      ...(offload !== undefined && { offload }),
    });
  }

  #run(context: PartContext, device: TunDevice, keeper: HostKeeper | undefined): void {
    const { pool, drop } = context;
    const reader = new PacketReader({ device, pool, drop, emit: (batch) => this.#out.emit(batch) });
    this.#running = {
      context,
      device,
      reader,
      writer: new PacketWriter(device, drop),
      overflow: new QueueOverflow(device, context),
      keeper,
    };
    reader.stop(this.#paused);
    device.pause(this.#paused);
    device.watch({
      readable: () => reader.burst(),
      changed: (link) => this.#changed(link),
      deleted: () => this.#deleted(),
    });
  }

  /** An interface that waits for somebody else to set it up is well. */
  #changed(link: TunLink): void {
    if (this.#running === undefined) return;
    const { keeper, context } = this.#running;
    if (keeper !== undefined) {
      const down = { code: 'HEDDLE_TUN_DOWN', text: `the interface ${link.name} is down` };
      this.#health.next({ ok: link.up, since: context.clock.now(), ...(!link.up && down) });
    }
    keeper?.linkChanged(link);
    this.#options.onLink?.(link);
  }

  /** What does not go with the interface is taken back at once: rules that lead nowhere would take the machine off the network. */
  #deleted(): void {
    if (this.#running === undefined) return;
    const { keeper, context } = this.#running;
    this.#running = undefined;
    void keeper?.end();
    this.#health.next({ ok: false, code: 'HEDDLE_TUN_DELETED', text: 'the TUN interface was deleted', since: context.clock.now() });
    this.#options.onDeleted?.();
  }
}
