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
import { BehaviorSubject, type Observable } from 'rxjs';
import { Host, type HostSettings } from './host.js';
import { OneTimer } from './one-timer.js';
import type { NetstackOptions } from './options.js';
import { type Running, StackFlows } from './stack-flows.js';
import type { TcpLayer } from './tcp/tcp-layer.js';
import { tcpSettings } from './tcp/tcp-settings.js';

/** The Stack around a sans-io host: lends it time, memory and the one timer, and hands out what it writes. */
export class NetstackStack implements Stack {
  readonly contract = 1;
  readonly traits: StackTraits = { superPackets: true, joined: true, headroom: 0 };
  readonly flows: StackFlows;
  readonly packets$: Observable<PacketBatch>;
  readonly health$: Observable<Health>;
  readonly #settings: HostSettings;
  readonly #out = new PacketStream<PacketBatch>();
  readonly #health = new BehaviorSubject<Health>({ ok: true, since: 0 });
  #config: StackConfig | undefined;
  #running: (Running & { readonly context: PartContext; readonly timer: OneTimer }) | undefined;
  #state: 'made' | 'open' | 'closed' = 'made';
  #isPaused = false;

  constructor(options: NetstackOptions = {}) {
    this.#settings = { tcp: tcpSettings(options.tcp), acceptAny: options.acceptAny ?? false, refuseUdp: options.refuseUdp ?? true };
    this.flows = new StackFlows(() => this.#running);
    this.packets$ = this.#out.stream$;
    this.health$ = this.#health.asObservable();
  }

  /** For who counts; undefined while it is not open. */
  get tcp(): Pick<TcpLayer, 'count' | 'counts'> | undefined {
    return this.#running?.host.tcp;
  }

  async open(context: PartContext, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    if (this.#state !== 'made') throw new HeddleError('HEDDLE_NOT_RUNNING', 'a netstack is opened once; make a new one');
    this.#state = 'open';
    const timer = new OneTimer(context.clock, () => host.tick(context.clock.now()));
    const host = new Host({
      settings: this.#settings,
      random: context.random,
      now: () => context.clock.now(),
      emit: (batch) => this.#out.emit(batch),
      drop: context.drop,
      changed: () => timer.set(host.nextDeadline),
    });
    host.writer.use(context.pool);
    host.writer.paused = this.#isPaused;
    if (this.#config !== undefined) host.configure(this.#config);
    this.#running = { host, context, timer, enter: (work) => enter(host, context, work) };
  }

  async close(): Promise<void> {
    if (this.#state === 'closed') return;
    this.#state = 'closed';
    const running = this.#running;
    this.#running = undefined;
    running?.host.close();
    running?.timer.stop();
    this.#out.complete();
    this.#health.complete();
  }

  deliver(batch: PacketBatch): number {
    const running = this.#running;
    if (running === undefined) return 0;
    running.host.input(batch, running.context.clock.now());
    return batch.count;
  }

  pause(paused: boolean): void {
    this.#isPaused = paused;
    const running = this.#running;
    if (running === undefined) return;
    running.host.writer.paused = paused;
    if (!paused) running.host.run(running.context.clock.now());
  }

  async configure(config: StackConfig): Promise<void> {
    this.#running?.host.configure(config);
    this.#config = config;
  }
}

function enter(host: Host, context: PartContext, work: (now: number) => void): void {
  const now = context.clock.now();
  work(now);
  host.run(now);
}
