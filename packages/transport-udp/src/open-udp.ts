import {
  type BindSettings,
  type Bytes,
  type Health,
  HeddleError,
  type Interfaces,
  type PacketBatch,
  type PartContext,
  type Remote,
  type UdpSocket,
  type UdpSockets,
} from '@heddle/core';
import { Gathering } from './gathering.js';
import { localPlaces } from './local-places.js';
import type { UdpOptions } from './options.js';
import { closePair, codeOf, openPair, type SocketPair } from './socket-pair.js';
import type { Place } from './udp-place.js';

const WATCH_INTERVAL = 5_000;
/** How soon a full send queue is looked at again, and sockets that were lost are opened again. */
const QUEUE_CHECK = 1;
const REOPEN_AFTER = 1_000;
/** Datagrams that may wait for the end of the turn. */
const WAITING_DATAGRAMS = 4_096;
/** How long a fault that sockets survive stays in health after its last occurrence. */
const FAULT_SHOWN_FOR = 10_000;

export interface UdpParts {
  readonly sockets: UdpSockets;
  readonly interfaces: Interfaces;
  readonly options: UdpOptions;
}

export interface OpenUdpEvents {
  deliver(batch: PacketBatch): void;
  remoteOf(address: string, port: number): Remote;
  endpoints(places: readonly Place[]): void;
  writable(yes: boolean): void;
  health(health: Health): void;
}

interface Settings {
  readonly port: number;
  readonly mark: number | undefined;
}

/** The sockets of an open Bind, and what happens to them. */
export class OpenUdp {
  readonly #parts: UdpParts;
  readonly #context: PartContext;
  readonly #events: OpenUdpEvents;
  readonly #gathering: Gathering;
  readonly #timers = new Map<'watch' | 'queue' | 'reopen' | 'healed', () => void>();
  #pair: SocketPair | undefined;
  #settings: Settings;
  #places = '';
  #changing: Promise<void> = Promise.resolve();
  #stopped = false;

  constructor(parts: UdpParts, context: PartContext, events: OpenUdpEvents) {
    this.#parts = parts;
    this.#context = context;
    this.#events = events;
    this.#settings = { port: parts.options.port ?? 0, mark: undefined };
    this.#gathering = new Gathering({
      pool: context.pool,
      atTurnEnd: (run) => void context.clock.at(context.clock.now(), run),
      deliver: events.deliver,
      lost: (packets) => context.drop('receive-queue-full', packets),
      limit: WAITING_DATAGRAMS,
    });
  }

  async start(signal: AbortSignal): Promise<void> {
    await this.#serially(() => this.#openFirst());
    if (signal.aborted) await this.stop();
    signal.throwIfAborted();
    this.#watch();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    for (const cancel of this.#timers.values()) cancel();
    await this.#changing.catch(() => {});
    this.#gathering.clear();
    const pair = this.#pair;
    this.#pair = undefined;
    if (pair !== undefined) await closePair(pair);
  }

  /** How many went out; the rest finds the queue full, and nothing of it is kept. */
  send(to: Place, batch: PacketBatch): number {
    const socket = to.address.includes(':') ? this.#pair?.v6 : this.#pair?.v4;
    if (socket === undefined) return this.#unreachable(batch.count);
    for (let i = 0; i < batch.count; i++) {
      if (!socket.send(batch.slab, batch.offsets[i]!, batch.lengths[i]!, to.port, to.address)) return this.#queueFull(socket, i);
    }
    return batch.count;
  }

  /** Other sockets for another port or mark. When they cannot be had, the old ones are opened again and the call rejects. */
  configure(settings: BindSettings): Promise<void> {
    return this.#serially(async () => {
      const next = { port: settings.port ?? this.#settings.port, mark: settings.mark ?? this.#settings.mark };
      if (this.#satisfies(next)) return;
      const before = { port: this.#pair?.port ?? this.#settings.port, mark: this.#settings.mark };
      await this.#reopen(next).catch(async (fault) => {
        await this.#reopen(before).catch(() => this.#reopenLater());
        throw fault;
      });
      this.#settings = next;
    });
  }

  /** Looks at the host's addresses now, and builds the sockets anew if they changed. */
  poke(): void {
    if (this.#stopped) return;
    this.#watch();
    if (!this.#placesChanged()) return;
    void this.#serially(() => this.#reopen(this.#current())).catch(() => this.#reopenLater());
  }

  async #openFirst(): Promise<void> {
    try {
      await this.#openSockets(this.#settings);
    } catch (fault) {
      if (codeOf(fault) !== 'EADDRINUSE' || this.#parts.options.fallback === false) throw cannotOpen(this.#settings.port, fault);
      await this.#openSockets({ ...this.#settings, port: 0 });
      this.#say(false, 'HEDDLE_UDP_PORT_IN_USE', `port ${this.#settings.port} is in use, took ${this.#pair?.port} instead`);
    }
  }

  async #openSockets(settings: Settings): Promise<void> {
    const { addresses } = this.#parts.options;
    const pair = await openPair(this.#parts.sockets, {
      port: settings.port,
      ...(settings.mark !== undefined && { mark: settings.mark }),
      ...(addresses && { addresses }),
      message: (bytes, address, port) => this.#message(bytes, address, port),
      fault: (family, code, fatal) => this.#fault(family, code, fatal),
    });
    this.#pair = pair;
    const absent = pair.missing.map(({ family, code }) => `IPv${family} (${code})`).join(', ');
    this.#say(true, undefined, absent === '' ? undefined : `not available on this host: ${absent}`);
    this.#publishPlaces();
  }

  async #reopen(settings: Settings): Promise<void> {
    const before = this.#pair;
    this.#pair = undefined;
    if (before !== undefined) await closePair(before);
    if (!this.#stopped) await this.#openSockets(settings);
    this.#events.writable(true);
  }

  /** The port that is in use, rather than the one that was asked for. */
  #current(): Settings {
    return { ...this.#settings, port: this.#pair?.port ?? this.#settings.port };
  }

  #satisfies(settings: Settings): boolean {
    const samePort = settings.port === 0 || settings.port === this.#pair?.port;
    return this.#pair !== undefined && samePort && settings.mark === this.#settings.mark;
  }

  #reopenLater(): void {
    if (this.#stopped) return;
    this.#say(false, 'HEDDLE_UDP_SOCKETS', 'sockets were lost and could not be opened again yet');
    this.#at('reopen', REOPEN_AFTER, () => {
      void this.#serially(() => this.#reopen(this.#current())).catch(() => this.#reopenLater());
    });
  }

  #message(bytes: Bytes, address: string, port: number): void {
    if (!this.#stopped && bytes.length > 0) this.#gathering.add(this.#events.remoteOf(address, port), bytes);
  }

  /** Errors of single datagrams are counted and shown for a while; a lost socket is replaced. */
  #fault(family: 4 | 6, code: string, fatal: boolean): void {
    if (this.#stopped) return;
    this.#context.drop(`socket-${code.toLowerCase()}`, 1);
    this.#say(false, 'HEDDLE_UDP_FAULT', `IPv${family} socket: ${code}`);
    if (fatal) this.#reopenLater();
    else this.#at('healed', FAULT_SHOWN_FOR, () => this.#say(true));
  }

  #unreachable(packets: number): number {
    this.#context.drop('no-socket', packets);
    return packets;
  }

  #queueFull(socket: UdpSocket, taken: number): number {
    this.#events.writable(false);
    this.#at('queue', QUEUE_CHECK, () => (socket.busy() ? this.#queueFull(socket, taken) : this.#events.writable(true)));
    return taken;
  }

  #watch(): void {
    const interval = this.#parts.options.watchInterval ?? WATCH_INTERVAL;
    if (interval > 0 && !this.#stopped) this.#at('watch', interval, () => this.poke());
  }

  #placesChanged(): boolean {
    return localPlaces(this.#parts.interfaces).join(' ') !== this.#places;
  }

  #publishPlaces(): void {
    const addresses = localPlaces(this.#parts.interfaces);
    const pair = this.#pair;
    this.#places = addresses.join(' ');
    if (pair === undefined) return;
    const usable = addresses.filter((address) => (address.includes(':') ? pair.v6 : pair.v4) !== undefined);
    this.#events.endpoints(usable.map((address) => ({ address, port: pair.port })));
  }

  #say(ok: boolean, code?: string, text?: string): void {
    this.#events.health({ ok, since: this.#context.clock.now(), ...(code !== undefined && { code }), ...(text !== undefined && { text }) });
  }

  /** One timer of each kind. */
  #at(kind: 'watch' | 'queue' | 'reopen' | 'healed', after: number, run: () => void): void {
    this.#timers.get(kind)?.();
    this.#timers.set(kind, this.#context.clock.at(this.#context.clock.now() + after, run));
  }

  #serially(work: () => Promise<void>): Promise<void> {
    const done = this.#changing.then(work);
    this.#changing = done.catch(() => {});
    return done;
  }
}

function cannotOpen(port: number, fault: unknown): HeddleError {
  const code = codeOf(fault) === 'EADDRINUSE' ? 'HEDDLE_UDP_PORT_IN_USE' : 'HEDDLE_UDP_SOCKETS';
  const reason = fault instanceof Error ? fault.message : String(fault);
  return new HeddleError(code, `UDP sockets on port ${port} cannot be opened: ${reason}`, { cause: fault });
}
