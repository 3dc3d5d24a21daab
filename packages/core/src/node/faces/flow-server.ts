import { EventEmitter } from 'node:events';
import { type AddressInfo, isIP } from 'node:net';
import { nextTick } from 'node:process';
import { getDefaultHighWaterMark } from 'node:stream';
import type { Flow, FlowLayer, FlowListener } from '../../contracts/flows.js';
import { addressInfo, familyOf } from './address-info.js';
import { checkNumber, wrongType } from './argument-checks.js';
import { Pin } from './event-loop-hold.js';
import { FlowSocket, type SocketGround } from './flow-socket.js';
import { type ListenArguments, type ListenAt, listenArguments } from './listen-arguments.js';
import type { SocketOptions } from './socket-arguments.js';
import { asSystemError, misuse, notFound } from './socket-errors.js';
import type { StreamSettings } from './socket-settings.js';

/** As the constructor of net.Server takes them. */
export interface ServerOptions extends StreamSettings {
  readonly allowHalfOpen?: boolean | undefined;
  readonly pauseOnConnect?: boolean | undefined;
  readonly highWaterMark?: number | undefined;
}

export interface ServerGround extends SocketGround {
  readonly flows: Pick<FlowLayer, 'connect' | 'listen'>;
}

/** Listens on the node's Stack and passes for a net.Server. */
export class FlowServer extends EventEmitter {
  /** More connections at once than this are closed again, and told as `drop`. */
  maxConnections: number | undefined;
  /** What the sockets that it accepts begin with. May be changed, and counts from the next one on. */
  allowHalfOpen: boolean;
  pauseOnConnect: boolean;
  noDelay: boolean;
  keepAlive: boolean;
  /** In seconds. */
  keepAliveInitialDelay: number;
  highWaterMark: number;
  readonly #ground: ServerGround;
  readonly #pin: Pin;
  readonly #closing: (() => void) | undefined;
  #opening: object | undefined;
  #listener: FlowListener | undefined;
  #connections = 0;

  /** `closing` is called when it takes no more connections. */
  constructor(ground: ServerGround, given?: ServerOptions | null, onConnection?: (socket: FlowSocket) => void, closing?: () => void) {
    super();
    const options = given ?? {};
    checkOptions(options);
    this.allowHalfOpen = options.allowHalfOpen || false;
    this.pauseOnConnect = Boolean(options.pauseOnConnect);
    this.noDelay = Boolean(options.noDelay);
    this.keepAlive = Boolean(options.keepAlive);
    this.keepAliveInitialDelay = (Math.max(0, options.keepAliveInitialDelay || 0) / 1_000) | 0;
    const { highWaterMark } = options;
    this.highWaterMark = highWaterMark === undefined || highWaterMark < 0 ? getDefaultHighWaterMark(false) : highWaterMark;
    this.#ground = ground;
    this.#closing = closing;
    this.#pin = new Pin(ground.hold, () => this.close());
    if (typeof onConnection === 'function') this.on('connection', onConnection);
  }

  /** Opens the port; `listening` follows, or `error`. */
  listen(...given: ListenArguments): this {
    if (this.#opening !== undefined)
      throw misuse('ERR_SERVER_ALREADY_LISTEN', 'Listen method has been called more than once without closing.');
    const where = listenArguments(given);
    if (where.listening !== undefined) this.once('listening', where.listening);
    const opening = {};
    this.#opening = opening;
    this.#pin.open();
    this.#closeOn(where.signal);
    void this.#open(where, opening);
    return this;
  }

  /** True from the event `listening` on. */
  get listening(): boolean {
    return this.#listener !== undefined;
  }

  /** Where it listens; null when it does not. */
  address(): AddressInfo | null {
    return this.#listener === undefined ? null : addressInfo(this.#listener.at);
  }

  getConnections(callback: (error: Error | null, count: number) => void): this {
    nextTick(callback, null, this.#connections);
    return this;
  }

  /** Takes no more connections. `close` follows when the last one has ended. */
  close(callback?: (error?: Error) => void): this {
    const running = this.#opening !== undefined;
    const isAsked = typeof callback === 'function';
    if (isAsked && running) this.once('close', callback);
    else if (isAsked) this.once('close', () => callback(misuse('ERR_SERVER_NOT_RUNNING', 'Server is not running.')));
    this.#stop();
    this.#closing?.();
    this.#emitCloseIfDrained();
    return this;
  }

  ref(): this {
    this.#pin.want(true);
    return this;
  }

  unref(): this {
    this.#pin.want(false);
    return this;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#opening === undefined) return;
    await new Promise<void>((resolve) => this.close(() => resolve()));
  }

  async #open({ at }: ListenAt, opening: object): Promise<void> {
    try {
      if (at.address !== undefined && isIP(at.address) === 0) throw notFound(at.address);
      const listener = await this.#ground.flows.listen!(at, (flow) => this.#accept(flow));
      if (this.#opening !== opening) return void listener.close();
      this.#listener = listener;
      listener.on?.({ closed: (error) => nextTick(() => this.#lost(listener, error, at)) });
      nextTick(() => this.#opening === opening && this.emit('listening'));
    } catch (thrown) {
      nextTick(() => this.#opening === opening && this.#failed(thrown, at));
    }
  }

  #failed(thrown: unknown, { address = '::', port }: ListenAt['at']): void {
    this.#stop();
    const known = (thrown as { readonly syscall?: unknown }).syscall !== undefined;
    this.emit('error', known ? thrown : asSystemError(thrown, { syscall: 'listen', address, port }, 'EADDRNOTAVAIL'));
  }

  /** A Stack that took the place of another could not open the port. */
  #lost(listener: FlowListener, error: Error, at: ListenAt['at']): void {
    if (this.#listener !== listener) return;
    this.#failed(error, at);
    this.#emitCloseIfDrained();
  }

  /** The stack calls this; the application runs in a tick of its own. */
  #accept(flow: Flow): void {
    if (this.#listener === undefined && this.#opening === undefined) return flow.reset();
    if (this.maxConnections && this.#connections >= this.maxConnections) return this.#drop(flow);
    this.#connections += 1;
    const socket = new FlowSocket(this.#ground, this.#socketOptions(), { flow, gone: () => this.#gone() });
    if (this.pauseOnConnect) socket.pause();
    socket.server = this;
    nextTick(() => this.emit('connection', socket));
  }

  /** Settings that are off are left to the Stack. */
  #socketOptions(): SocketOptions {
    const { allowHalfOpen, highWaterMark, noDelay, keepAlive, keepAliveInitialDelay } = this;
    const probing = { keepAlive, keepAliveInitialDelay: keepAliveInitialDelay * 1_000 };
    return { allowHalfOpen, highWaterMark, ...(noDelay ? { noDelay } : {}), ...(keepAlive ? probing : {}) };
  }

  #drop(flow: Flow): void {
    const { local, remote } = flow;
    flow.close();
    nextTick(() =>
      this.emit('drop', {
        localAddress: local.address,
        localPort: local.port,
        localFamily: familyOf(local.address),
        remoteAddress: remote.address,
        remotePort: remote.port,
        remoteFamily: familyOf(remote.address),
      }),
    );
  }

  #gone(): void {
    this.#connections -= 1;
    this.#emitCloseIfDrained();
  }

  #stop(): void {
    void this.#listener?.close();
    this.#listener = undefined;
    this.#opening = undefined;
    this.#pin.close();
  }

  #emitCloseIfDrained(): void {
    if (this.#opening === undefined && this.#connections === 0) nextTick(() => this.emit('close'));
  }

  #closeOn(signal: AbortSignal | undefined): void {
    if (signal === undefined) return;
    const close = (): void => void this.close();
    if (signal.aborted) return nextTick(close);
    signal.addEventListener('abort', close, { once: true });
    this.once('close', () => signal.removeEventListener('abort', close));
  }
}

function checkOptions(options: ServerOptions): void {
  if (typeof options !== 'object') throw wrongType('options', 'of type object', options);
  if (options.keepAliveInitialDelay !== undefined) checkNumber('options.keepAliveInitialDelay', options.keepAliveInitialDelay);
  if (options.highWaterMark !== undefined) checkNumber('options.highWaterMark', options.highWaterMark);
}
