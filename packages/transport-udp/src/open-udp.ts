import {
  type BindSettings,
  type Bytes,
  type Health,
  HeddleError,
  type Interfaces,
  type Logger,
  type PacketBatch,
  type PartContext,
  type Remote,
  type UdpSocket,
  type UdpSockets,
} from '@heddle/core';
import { looksLikeStun } from '@heddle/wire';
import { Gathering } from './gathering.js';
import { boundPlaces } from './local-places.js';
import type { UdpOptions } from './options.js';
import { faultReason, faultText } from './socket-faults.js';
import { closePair, codeOf, openPair, type SocketPair, withoutFamily } from './socket-pair.js';
import { type Notice, UdpHealth } from './udp-health.js';
import type { Place } from './udp-place.js';

const WATCH_INTERVAL = 5_000;
/** How soon a full send queue is looked at again. */
const QUEUE_CHECK = 1;
/** Sockets are built anew at once, but not more often than this: an interface that flaps must not keep the node busy. */
const REBIND_GAP = 1_000;
/** A receive buffer of the kernel that holds less is full within milliseconds at speed. */
const SMALL_BUFFER = 1024 * 1024;
/** Datagrams that are taken in one turn of the event loop. */
const TURN_DATAGRAMS = 4_096;

export interface UdpParts {
  readonly sockets: UdpSockets;
  readonly interfaces: Interfaces;
  readonly options: UdpOptions;
}

export interface OpenUdpEvents {
  deliver(batch: PacketBatch): void;
  remoteOf(address: string, port: number): Remote;
  /** One message of STUN, which goes nowhere else. */
  stun(message: Bytes): void;
  /** Sockets are open on this port, and these are the host's addresses for them. */
  opened(port: number, places: readonly Place[], families: ReadonlySet<4 | 6>): void;
  writable(yes: boolean): void;
  health(health: Health): void;
}

interface Settings {
  /** As asked for; 0: any. */
  readonly port: number;
  readonly mark: number | undefined;
}

type Timer = 'watch' | 'queue' | 'rebind';

/** The sockets of an open Bind, and what happens to them. */
export class OpenUdp {
  readonly #parts: UdpParts;
  readonly #context: PartContext;
  readonly #events: OpenUdpEvents;
  readonly #gathering: Gathering;
  readonly #health: UdpHealth;
  readonly #timers = new Map<Timer, () => void>();
  /** Batches that went out and datagrams that came in, without STUN; messages of STUN; sockets that were opened, and those that were lost. */
  readonly counts = { sent: 0, received: 0, stunSent: 0, stunReceived: 0, opened: 0, lost: 0 };
  #pair: SocketPair | undefined;
  #settings: Settings;
  /** The port in use, which sockets that are built anew keep. */
  #port: number;
  #places = '';
  /** A socket of the pair is gone. */
  #broken = false;
  #rebindAfter = 0;
  #changing: Promise<void> = Promise.resolve();
  #stopped = false;

  constructor(parts: UdpParts, context: PartContext, events: OpenUdpEvents) {
    this.#parts = parts;
    this.#context = context;
    this.#events = events;
    this.#settings = { port: parts.options.port ?? 0, mark: undefined };
    this.#port = this.#settings.port;
    this.#health = new UdpHealth(context.clock, events.health);
    this.#gathering = new Gathering({
      pool: context.pool,
      atTurnEnd: (run) => void context.clock.at(context.clock.now(), run),
      deliver: events.deliver,
      lost: (packets) => context.drop('receive-queue-full', packets),
      limit: TURN_DATAGRAMS,
    });
  }

  /** Opens sockets or rejects and holds nothing. */
  async start(signal: AbortSignal): Promise<void> {
    try {
      await this.#serially(() => this.#openSockets());
      signal.throwIfAborted();
      this.#watch();
    } catch (fault) {
      await this.stop();
      throw signal.aborted ? signal.reason : cannotOpen(this.#settings.port, fault);
    }
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    for (const cancel of this.#timers.values()) cancel();
    this.#health.stop();
    await this.#changing;
    this.#gathering.clear();
    await this.#closeSockets();
  }

  /** How many went out; the rest finds the queue full, and nothing of it is kept. */
  send(to: Place, batch: PacketBatch): number {
    if (this.#stopped) return 0;
    const socket = to.address.includes(':') ? this.#pair?.v6 : this.#pair?.v4;
    if (socket === undefined) return this.#unreachable(batch.count);
    this.counts.sent += 1;
    for (let i = 0; i < batch.count; i++) {
      if (!socket.send(batch.slab, batch.offsets[i]!, batch.lengths[i]!, to.port, to.address)) return this.#queueFull(socket, i);
    }
    return batch.count;
  }

  /** One datagram that nobody waits for: STUN repeats its own. */
  sendOne(to: Place, datagram: Bytes): void {
    const socket = to.address.includes(':') ? this.#pair?.v6 : this.#pair?.v4;
    if (this.#stopped || socket === undefined) return;
    this.counts.stunSent += 1;
    socket.send(datagram, 0, datagram.length, to.port, to.address);
  }

  /** Other sockets for another port or mark. When they cannot be had, the old ones are opened again and the call rejects. */
  configure(settings: BindSettings): Promise<void> {
    return this.#serially(async () => {
      const before = { settings: this.#settings, port: this.#port };
      const next = { port: settings.port ?? before.settings.port, mark: settings.mark ?? before.settings.mark };
      if (this.#stopped || this.#satisfies(next)) return;
      try {
        await this.#become(next, next.port || before.port);
      } catch (fault) {
        await this.#become(before.settings, before.port).catch((again) => this.#lose(again));
        throw cannotOpen(next.port, fault);
      }
    });
  }

  /** Looks at the host's addresses now, and builds the sockets anew if they changed or are not there. */
  poke(): void {
    if (this.#stopped) return;
    this.#watch();
    if (this.#rebindIsDue()) this.#at('rebind', this.#rebindAfter, () => this.#rebind());
  }

  async #become(settings: Settings, port: number): Promise<void> {
    this.#settings = settings;
    this.#port = port;
    await this.#closeSockets();
    await this.#openPair(port);
  }

  /** On the port in use, or where that is taken and the options allow it, on any. */
  async #openSockets(): Promise<void> {
    try {
      await this.#openPair(this.#port);
    } catch (fault) {
      if (codeOf(fault) !== 'EADDRINUSE' || this.#parts.options.fallback === false) throw fault;
      await this.#openPair(0);
    }
  }

  async #openPair(port: number): Promise<void> {
    const { addresses } = this.#parts.options;
    const { mark } = this.#settings;
    const pair = await openPair(this.#parts.sockets, {
      port,
      ...(mark !== undefined && { mark }),
      ...(addresses && { addresses }),
      message: (bytes, address, from) => this.#message(bytes, address, from),
      fault: (family, code, fatal) => this.#fault(family, code, fatal),
    });
    this.#pair = pair;
    this.counts.opened += 1;
    this.#port = pair.port;
    this.#broken = false;
    this.#health.opened(standing(this.#settings.port, pair));
    tellBuffers(this.#context.log, pair);
    this.#publishPlaces(pair);
    this.#events.writable(true);
  }

  async #closeSockets(): Promise<void> {
    const pair = this.#pair;
    this.#pair = undefined;
    if (pair !== undefined) await closePair(pair);
  }

  #satisfies(settings: Settings): boolean {
    const samePort = settings.port === 0 || settings.port === this.#pair?.port;
    return this.#pair !== undefined && samePort && settings.mark === this.#settings.mark;
  }

  #rebindIsDue(): boolean {
    return this.#pair === undefined || this.#broken || this.#currentPlaces().join(' ') !== this.#places;
  }

  #rebind(): void {
    this.#rebindAfter = this.#context.clock.now() + REBIND_GAP;
    const work = async (): Promise<void> => {
      if (this.#stopped || !this.#rebindIsDue()) return;
      await this.#closeSockets();
      await this.#openSockets();
    };
    void this.#serially(work).catch((fault) => this.#lose(fault));
  }

  /** Without sockets: says so, and tries again until there are some. */
  #lose(fault: unknown): void {
    if (this.#stopped) return;
    this.#health.lost(`sockets were lost and cannot be opened again yet: ${messageOf(fault)}`);
    this.#rebindAfter = this.#context.clock.now() + REBIND_GAP;
    this.#at('rebind', this.#rebindAfter, () => this.#rebind());
  }

  #message(bytes: Bytes, address: string, port: number): void {
    if (this.#stopped || bytes.length === 0) return;
    if (looksLikeStun(bytes)) {
      this.counts.stunReceived += 1;
      return this.#events.stun(bytes);
    }
    this.counts.received += 1;
    this.#gathering.add(this.#events.remoteOf(address, port), bytes);
  }

  /** Faults of single datagrams are counted and shown for a while; a lost socket is replaced. */
  #fault(family: 4 | 6, code: string, fatal: boolean): void {
    if (this.#stopped) return;
    this.#context.drop(faultReason(code), 1);
    if (!fatal) return this.#health.fault(faultText(family, code));
    this.#pair = this.#pair && withoutFamily(this.#pair, family);
    this.#broken = true;
    this.counts.lost += 1;
    this.#health.lost(`the IPv${family} socket was lost (${code})`);
    this.#at('rebind', this.#rebindAfter, () => this.#rebind());
  }

  #unreachable(packets: number): number {
    this.#context.drop('no-socket', packets);
    return packets;
  }

  #queueFull(socket: UdpSocket, taken: number): number {
    this.#events.writable(false);
    const soon = this.#context.clock.now() + QUEUE_CHECK;
    this.#at('queue', soon, () => (socket.busy() ? this.#queueFull(socket, taken) : this.#events.writable(true)));
    return taken;
  }

  #watch(): void {
    const interval = this.#parts.options.watchInterval ?? WATCH_INTERVAL;
    if (interval > 0 && !this.#stopped) this.#at('watch', this.#context.clock.now() + interval, () => this.poke());
  }

  #currentPlaces(): readonly string[] {
    return boundPlaces(this.#parts.interfaces, this.#parts.options.addresses);
  }

  #publishPlaces(pair: SocketPair): void {
    const addresses = this.#currentPlaces();
    this.#places = addresses.join(' ');
    const usable = addresses.filter((address) => (address.includes(':') ? pair.v6 : pair.v4) !== undefined);
    const places = usable.map((address) => ({ address, port: pair.port }));
    this.#events.opened(pair.port, places, familiesOf(pair, places));
  }

  /** One timer of each kind. */
  #at(kind: Timer, time: number, run: () => void): void {
    this.#timers.get(kind)?.();
    this.#timers.set(kind, this.#context.clock.at(time, run));
  }

  #serially(work: () => Promise<void>): Promise<void> {
    const done = this.#changing.then(work);
    this.#changing = done.catch(() => {});
    return done;
  }
}

/** What is true of the sockets for as long as they are open. */
function standing(asked: number, { port, missing }: SocketPair): Notice {
  const absent = missing.map(({ family, code }) => `IPv${family} (${code})`).join(', ');
  const notes = [
    ...(asked === 0 || asked === port ? [] : [`port ${asked} is in use, took ${port} instead`]),
    ...(absent === '' ? [] : [`not available on this host: ${absent}`]),
  ];
  if (asked !== 0 && asked !== port) return { ok: false, code: 'HEDDLE_UDP_PORT_IN_USE', text: notes.join('; ') };
  return notes.length === 0 ? { ok: true } : { ok: true, text: notes.join('; ') };
}

/** Families that lead out of this machine, as far as it knows: IPv4 may be behind any address, IPv6 needs one of its own. */
function familiesOf({ v4, v6 }: SocketPair, places: readonly Place[]): ReadonlySet<4 | 6> {
  const outside6 = v6 !== undefined && places.some(({ address }) => address.includes(':'));
  return new Set([...(v4 === undefined ? [] : [4 as const]), ...(outside6 ? [6 as const] : [])]);
}

function tellBuffers(log: Logger, { v4, v6, port }: SocketPair): void {
  const socket = v4 ?? v6;
  if (socket === undefined || socket.receiveBuffer === 0) return;
  const { receiveBuffer, sendBuffer } = socket;
  const granted = { port, receiveBuffer, sendBuffer };
  if (receiveBuffer < SMALL_BUFFER) log.warn(granted, 'the kernel grants small UDP buffers: raise net.core.rmem_max and net.core.wmem_max');
  else log.info(granted, 'UDP sockets are open');
}

function cannotOpen(port: number, fault: unknown): HeddleError {
  const code = codeOf(fault) === 'EADDRINUSE' ? 'HEDDLE_UDP_PORT_IN_USE' : 'HEDDLE_UDP_SOCKETS';
  const where = port === 0 ? '' : ` on port ${port}`;
  return new HeddleError(code, `UDP sockets cannot be opened${where}: ${messageOf(fault)}`, { cause: fault });
}

function messageOf(fault: unknown): string {
  return fault instanceof Error ? fault.message : String(fault);
}
