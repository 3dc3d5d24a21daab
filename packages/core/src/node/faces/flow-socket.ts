import type { Buffer } from 'node:buffer';
import type { AddressInfo } from 'node:net';
import { nextTick } from 'node:process';
import { addAbortSignal, Duplex } from 'node:stream';
import { setImmediate } from 'node:timers';
import type { Address, Flow, FlowError } from '../../contracts/flows.js';
import type { WhoIs } from '../../netmap/whois.js';
import { addressInfo, familyOf } from './address-info.js';
import { checkedTimeout, checkFunction } from './argument-checks.js';
import { type DialContext, dial, type Progress, type Target } from './dialer.js';
import { type EventLoopHold, Pin } from './event-loop-hold.js';
import { FlowWatch } from './flow-watch.js';
import { IdleTimer } from './idle-timer.js';
import { Outgoing } from './outgoing.js';
import type { ReadSpace } from './read-space.js';
import { type ConnectArguments, connectArguments, type SocketOptions, streamOptions } from './socket-arguments.js';
import { closedEarly, flowEnded, misuse, systemError } from './socket-errors.js';
import { SocketSettings } from './socket-settings.js';

/** What a socket stands on. */
export interface SocketGround extends DialContext {
  readonly hold: EventLoopHold;
  readonly space: ReadSpace;
  /** Who is behind an address. */
  readonly whois?: (address: string) => WhoIs | undefined;
}

/** A connection that somebody else opened. */
export interface Accepted {
  readonly flow: Flow;
  /** Called once, when the socket is destroyed. */
  gone(): void;
}

type Done = (error?: Error | null) => void;

/** A connection over the node's Stack that passes for a net.Socket. */
export class FlowSocket extends Duplex {
  /** What setTimeout was told; undefined: nothing. */
  timeout: number | undefined;
  /** The server that accepted it. */
  server: object | undefined;
  readonly #ground: SocketGround;
  readonly #idle: IdleTimer;
  readonly #pin: Pin;
  readonly #outgoing = new Outgoing();
  readonly #settings = new SocketSettings();
  readonly #gone: () => void;
  #flow: Flow | undefined;
  #watch: FlowWatch | undefined;
  #peer: Address | undefined;
  #dialing: AbortController | undefined;
  #wantsBytes = false;
  #resets = false;
  #bytesRead = 0;

  constructor(ground: SocketGround, options: SocketOptions = {}, accepted?: Accepted) {
    super(streamOptions(options));
    this.#ground = ground;
    this.#idle = new IdleTimer(ground.timers, () => this.emit('timeout'));
    this.#pin = new Pin(ground.hold);
    this.#settings.take(options);
    this.#gone = accepted?.gone ?? ((): void => {});
    if (options.timeout) this.setTimeout(options.timeout);
    if (accepted !== undefined) {
      this.#adopt(accepted.flow);
      this.#listen();
    }
    if (options.signal) addAbortSignal(options.signal, this);
  }

  /** Looks the host up and connects; `connect` and `ready` follow, or `error`. */
  connect(...given: ConnectArguments): this {
    const { target, ready } = connectArguments(given);
    if (this.destroyed) this.#revive();
    if (ready !== undefined) this.once('connect', ready);
    this.#settings.take(target);
    const dialing = new AbortController();
    this.#dialing = dialing;
    this.#pin.open();
    this.#idle.touch();
    nextTick(() => this.#dial(target, dialing));
    return this;
  }

  get connecting(): boolean {
    return this.#dialing !== undefined;
  }

  get pending(): boolean {
    return this.#flow === undefined;
  }

  get readyState(): 'opening' | 'open' | 'readOnly' | 'writeOnly' | 'closed' {
    if (this.connecting) return 'opening';
    if (this.readable) return this.writable ? 'open' : 'readOnly';
    return this.writable ? 'writeOnly' : 'closed';
  }

  get bytesRead(): number {
    return this.#bytesRead;
  }

  /** With what still waits, as in Node. */
  get bytesWritten(): number {
    return this.#outgoing.taken + this.writableLength;
  }

  get bufferSize(): number | undefined {
    return this.#flow === undefined ? undefined : this.writableLength;
  }

  get remoteAddress(): string | undefined {
    return this.#knownPeer()?.address;
  }

  get remotePort(): number | undefined {
    return this.#knownPeer()?.port;
  }

  get remoteFamily(): 'IPv4' | 'IPv6' | undefined {
    return familyName(this.#knownPeer());
  }

  /** Who is at the other end, as control says now: node, user, tags and capabilities. Undefined: nobody of this tailnet. */
  get whois(): WhoIs | undefined {
    const address = this.remoteAddress;
    return address === undefined ? undefined : this.#ground.whois?.(address);
  }

  get localAddress(): string | undefined {
    return this.#flow?.local.address;
  }

  get localPort(): number | undefined {
    return this.#flow?.local.port;
  }

  get localFamily(): 'IPv4' | 'IPv6' | undefined {
    return familyName(this.#flow?.local);
  }

  /** Where this end is; an empty object when it is not connected. */
  address(): AddressInfo | Record<string, never> {
    return this.#flow === undefined ? {} : addressInfo(this.#flow.local);
  }

  /** Emits `timeout` when nothing has happened for so long; the socket stays open. 0: never. */
  setTimeout(milliseconds: number, callback?: () => void): this {
    if (this.destroyed) return this;
    this.timeout = milliseconds;
    this.#idle.set(checkedTimeout(milliseconds));
    if (callback === undefined) return this;
    checkFunction('callback', callback);
    return milliseconds > 0 ? this.once('timeout', callback) : this.off('timeout', callback);
  }

  /** Small segments leave at once, or wait while one is unacknowledged (Nagle). Without effect where the Stack has no say. */
  setNoDelay(noDelay?: boolean): this {
    this.#settings.setNoDelay(this.#flow, noDelay);
    return this;
  }

  /** Probes a silent other side, first after so many milliseconds. Without effect where the Stack has no say. */
  setKeepAlive(enable?: boolean, initialDelay?: number): this {
    this.#settings.setKeepAlive(this.#flow, enable, initialDelay);
    return this;
  }

  /** The process stays alive while the socket is open. This is the default. */
  ref(): this {
    this.#pin.want(true);
    return this;
  }

  /** The process may end although the socket is open. */
  unref(): this {
    this.#pin.want(false);
    return this;
  }

  /** Ends after what was written has been sent, then destroys. */
  destroySoon(): void {
    if (this.writable) this.end();
    if (this.writableFinished) this.destroy();
    else this.once('finish', () => this.destroy());
  }

  /** Closes with a reset: the other side sees ECONNRESET. */
  resetAndDestroy(): this {
    if (this.connecting) this.once('connect', () => this.#reset());
    else if (this.#flow !== undefined) this.#reset();
    else this.destroy(misuse('ERR_SOCKET_CLOSED', 'Socket is closed'));
    return this;
  }

  /** As net.Socket: when the other side has ended and this side with it, a write is an EPIPE. */
  override write(chunk: unknown, encoding?: BufferEncoding | Done, callback?: Done): boolean {
    if (this.readableEnded && !this.allowHalfOpen && this.writableEnded)
      return this.#writeAfterEnd(typeof encoding === 'function' ? encoding : callback);
    return typeof encoding === 'function' ? super.write(chunk, encoding) : super.write(chunk, encoding ?? 'utf8', callback);
  }

  override async [Symbol.asyncDispose](): Promise<void> {
    if (this.closed) return;
    const closed = new Promise<void>((resolve) => this.once('close', () => resolve()));
    this.destroy();
    await closed;
  }

  override _read(): void {
    this.#wantsBytes = true;
    if (this.#flow !== undefined) this.#pull();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: Done): void {
    this.#push([chunk], done);
  }

  override _writev(chunks: readonly { readonly chunk: Buffer }[], done: Done): void {
    this.#push(
      chunks.map(({ chunk }) => chunk),
      done,
    );
  }

  override _final(done: Done): void {
    if (this.#flow === undefined) return void this.once('connect', () => this._final(done));
    this.#flow.shutdown();
    // As late as the kernel tells it: after all that is due now, and before what comes next.
    void Promise.resolve().then(() => nextTick(done));
  }

  override _destroy(error: Error | null, done: Done): void {
    const hadFlow = this.#flow !== undefined || this.connecting;
    this.#dialing?.abort(error ?? misuse('ERR_SOCKET_CLOSED', 'Socket is closed'));
    const wasConnecting = this.connecting;
    this.#dialing = undefined;
    this.#letGo();
    this.#idle.stop();
    if (this.#outgoing.waiting) this.#outgoing.fail(error ?? closedEarly(wasConnecting));
    done(error);
    if (hadFlow) setImmediate(() => this.#close(error !== null));
    else nextTick(() => this.#close());
    this.#gone();
  }

  #close(...hadError: readonly boolean[]): void {
    this.#pin.close();
    this.emit('close', ...hadError);
  }

  /** As in Node, who has asked once is still told after the end. */
  #knownPeer(): Address | undefined {
    if (this.#flow !== undefined) this.#peer = this.#flow.remote;
    return this.#peer;
  }

  #revive(): void {
    this.#peer = undefined;
    this.#bytesRead = 0;
    this.#outgoing.forget();
    (this as unknown as { _undestroy(): void })._undestroy();
    this.#resets = false;
  }

  async #dial(target: Target, dialing: AbortController): Promise<void> {
    if (dialing.signal.aborted) return;
    try {
      const flow = await dial(this.#ground, target, this.#progress(), dialing.signal);
      if (dialing.signal.aborted) flow.reset();
      else this.#connected(flow);
    } catch (error) {
      // In a tick of its own: what the application throws in its handler must not become a rejection here.
      nextTick(() => dialing.signal.aborted || this.destroy(error as Error));
    }
  }

  #progress(): Progress {
    const tell = (event: string, ...values: readonly unknown[]): void => {
      if (this.listenerCount(event) > 0) nextTick(() => this.emit(event, ...values));
    };
    return {
      lookup: (...values) => tell('lookup', ...values),
      connectionAttempt: (...values) => tell('connectionAttempt', ...values),
      connectionAttemptFailed: (...values) => tell('connectionAttemptFailed', ...values),
    };
  }

  #connected(flow: Flow): void {
    this.#dialing = undefined;
    nextTick(() => this.#announce());
    this.#adopt(flow);
  }

  #announce(): void {
    if (this.#flow === undefined) return;
    this.emit('connect');
    this.#flush();
    this.emit('ready');
    this.#listen();
  }

  /** From the next turn on, so that whoever awaited the connection hears of all that follows. */
  #listen(): void {
    const watch = this.#watch;
    setImmediate(() => {
      if (watch === undefined || watch !== this.#watch) return;
      watch.start();
      if (!this.isPaused()) this.read(0);
      this.#pull();
    });
  }

  #adopt(flow: Flow): void {
    this.#flow = flow;
    this.#settings.apply(flow);
    this.#pin.open();
    this.#idle.touch();
    this.#watch = new FlowWatch(flow, this.#ground.space, {
      wants: () => this.#wantsBytes || this.#watch?.isStarted !== true,
      readable: () => this.#pull(),
      writable: () => this.#flush(),
      closed: (error) => this.#closedBy(error),
    });
  }

  #pull(): void {
    const watch = this.#watch;
    if (watch?.isStarted !== true) return;
    for (let before = 0; this.#wantsBytes && this.#flow !== undefined; before++) {
      const got = watch.read();
      if (got === 0) return;
      this.#idle.touch();
      // The end comes a turn after the last bytes, as it does from the kernel: who reads them has had its say.
      if (got === -1) return before === 0 ? this.#finished() : void setImmediate(() => this.#pull());
      this.#bytesRead += got.length;
      // Before push: push may call _read, which wants again.
      this.#wantsBytes = false;
      if (this.push(got)) this.#wantsBytes = true;
    }
  }

  #finished(): void {
    this.#wantsBytes = false;
    this.push(null);
    this.read(0);
  }

  #push(chunks: readonly Buffer[], done: Done): void {
    if (this.#flow === undefined && !this.connecting) return done(misuse('ERR_SOCKET_CLOSED', 'Socket is closed'));
    this.#outgoing.put(chunks, done);
    this.#flush();
  }

  #flush(): void {
    if (this.#flow !== undefined && this.#outgoing.flush(this.#flow)) this.#idle.touch();
  }

  #closedBy(error: FlowError | undefined): void {
    if (error === undefined) {
      if (this.#outgoing.waiting) this.destroy(systemError({ syscall: 'write', code: 'EPIPE' }));
      return;
    }
    this.destroy(flowEnded(error, this.#outgoing.waiting && !this.#wantsBytes ? 'write' : 'read'));
  }

  #writeAfterEnd(callback: Done | undefined): false {
    const error = misuse('EPIPE', 'This socket has been ended by the other party');
    if (callback !== undefined) nextTick(callback, error);
    this.destroy(error);
    return false;
  }

  #reset(): void {
    this.#resets = true;
    this.destroy();
  }

  /** Both sides finished: nothing is left to do. Otherwise as the kernel does on close. */
  #letGo(): void {
    const flow = this.#flow;
    if (flow === undefined) return;
    this.#flow = undefined;
    this.#watch?.stop();
    this.#watch = undefined;
    if (this.#resets) flow.reset();
    else if (!(this.readableEnded && this.writableFinished)) flow.close();
  }
}

function familyName(address: Address | undefined): 'IPv4' | 'IPv6' | undefined {
  return address === undefined ? undefined : familyOf(address.address);
}
