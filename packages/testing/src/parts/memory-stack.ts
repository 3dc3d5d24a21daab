import {
  type Bytes,
  definePlugin,
  type FlowLayer,
  type Health,
  HeddleError,
  type PacketBatch,
  PacketStream,
  type PartContext,
  type Plugin,
  provideStack,
  type Stack,
  type StackConfig,
  type StackTraits,
} from '@heddle/core';
import { BehaviorSubject, type Observable } from 'rxjs';
import { BatchRun } from './batch-run.js';
import { HeardStream } from './heard-stream.js';
import { HeldBatches } from './held-batches.js';
import { HostInput } from './host-input.js';
import { MemoryHost } from './memory-host.js';

export interface MemoryStackOptions {
  /** Ports and pings that outlive the Stack. Default: a host of its own, which ends with it. */
  readonly host?: MemoryHost;
  /** Packets held back while paused. Default 256. */
  readonly queue?: number;
}

/** The plugin of `MemoryStack`. */
export function memoryStack(options: MemoryStackOptions = {}): Plugin {
  return definePlugin({
    name: '@heddle/testing/memory-stack',
    offers: ['stack.ping', 'stack.udp'],
    drops: { paused: 'came while the Stack was paused and could not be held back', 'no-listener': 'UDP for a port that nobody listens on' },
    provides: [provideStack([], () => new MemoryStack(options))],
  });
}

/** A Stack that is a tiny IP host: it answers pings, sends pings, and has UDP ports. */
export class MemoryStack implements Stack {
  readonly contract = 1;
  readonly traits: StackTraits = { superPackets: false, headroom: 0 };
  readonly flows: FlowLayer;
  readonly packets$: Observable<PacketBatch>;
  readonly health$: Observable<Health>;
  readonly #host: MemoryHost;
  readonly #ownsHost: boolean;
  readonly #out = new PacketStream<PacketBatch>();
  readonly #health = new BehaviorSubject<Health>({ ok: true, since: 0 });
  readonly #held: HeldBatches;
  #open: { readonly context: PartContext; readonly input: HostInput; readonly run: BatchRun } | undefined;
  #state: 'made' | 'open' | 'closed' = 'made';
  #paused = false;
  #isHeard = false;
  #detach = (): void => {};

  constructor(options: MemoryStackOptions = {}) {
    this.#host = options.host ?? new MemoryHost();
    this.#ownsHost = options.host === undefined;
    this.#held = new HeldBatches(options.queue ?? 256);
    this.flows = this.#host;
    this.packets$ = new HeardStream(this.#out.stream$, (yes) => this.#attach(yes));
    this.health$ = this.#health.asObservable();
  }

  async open(context: PartContext, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    if (this.#state !== 'made') throw new HeddleError('HEDDLE_NOT_RUNNING', 'a memory Stack is opened once; make a new one');
    this.#state = 'open';
    const run = new BatchRun(context.pool, (batch) => this.#emit(batch));
    this.#open = { context, run, input: new HostInput(this.#host, run, context) };
    this.#attach(this.#isHeard);
  }

  async close(): Promise<void> {
    if (this.#state === 'closed') return;
    this.#state = 'closed';
    this.#open = undefined;
    this.#detach();
    this.#held.clear();
    if (this.#ownsHost) this.#host.close();
    this.#out.complete();
    this.#health.complete();
  }

  deliver(batch: PacketBatch): number {
    if (this.#open === undefined) return 0;
    this.#open.input.take(batch);
    return batch.count;
  }

  pause(paused: boolean): void {
    this.#paused = paused;
    while (!this.#paused && !this.#held.empty) this.#held.letGo((batch) => this.#out.emit(batch));
  }

  async configure(config: StackConfig): Promise<void> {
    this.#host.configure(config);
  }

  /** The host sends through whoever was heard last, so that a swap leaves no gap. */
  #attach(heard: boolean): void {
    this.#isHeard = heard;
    this.#detach();
    const open = this.#open;
    if (open === undefined) return;
    this.#detach = this.#host.attach({ clock: open.context.clock, emit: (packet) => this.#send(open.run, packet) }, heard);
  }

  #send(run: BatchRun, packet: Bytes): boolean {
    const taken = run.push(packet, 0, packet.length) !== undefined;
    run.flush();
    return taken;
  }

  #emit(batch: PacketBatch): void {
    if (!this.#paused && this.#held.empty) this.#out.emit(batch);
    else if (!this.#held.keep(batch)) this.#open?.context.drop('paused', batch.count);
  }
}
