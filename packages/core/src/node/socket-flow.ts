import type { Socket } from 'node:net';
import type { Address, Flow, FlowError, FlowEvents } from '../contracts/flows.js';
import type { Bytes } from '../contracts/packets.js';

/** What may wait in the socket itself. */
const MOST_WAITING = 256 * 1024;
/** Less is copied to where it costs nothing to forget it. */
const LEAST_KEPT = 4 * 1024;
const KEPT_SIZE = 64 * 1024;
const MOST_KEPT = 8;
/** Unread bytes at which the socket is paused. Much, because a relay throws out who does not read. */
const MOST_UNREAD = 1024 * 1024;

export interface SocketFlowOptions {
  /**
   * Keeps so many buffers of 64 KiB for what is written, at most eight: for few flows that carry much. Without them each large write leaves a
   * buffer to the garbage collector, which then takes more time than the write.
   */
  readonly buffers?: number;
}

/** A connected socket of Node, with TLS or without, as a Flow: what StreamSockets give on a real machine. It reads ahead. */
export class SocketFlow implements Flow {
  readonly local: Address;
  readonly remote: Address;
  readonly #socket: Socket;
  #events: FlowEvents = {};
  #chunks: Bytes[] = [];
  #unread = 0;
  #blocked = false;
  #ended = false;
  readonly #kept: Buffer[] = [];
  readonly #mostKept: number;

  constructor(socket: Socket, { buffers = 0 }: SocketFlowOptions = {}) {
    this.#socket = socket;
    this.#mostKept = Math.min(buffers, MOST_KEPT);
    this.local = { address: socket.localAddress ?? '', port: socket.localPort ?? 0 };
    this.remote = { address: socket.remoteAddress ?? '', port: socket.remotePort ?? 0 };
    socket.on('data', (chunk: Buffer) => this.#arrived(chunk));
    socket.on('end', () => this.#finished());
    socket.on('error', (error: NodeJS.ErrnoException) => this.#over(errorOf(error.code)));
    socket.on('close', () => this.#over(undefined));
  }

  on(events: FlowEvents): void {
    this.#events = events;
  }

  write(bytes: Bytes): number {
    const taken = Math.min(bytes.length, MOST_WAITING - this.#socket.writableLength);
    this.#blocked = taken < bytes.length;
    if (taken <= 0 || !this.#socket.writable) return 0;
    for (let at = 0; at < taken; at += KEPT_SIZE) this.#put(bytes.subarray(at, Math.min(taken, at + KEPT_SIZE)));
    return taken;
  }

  read(into: Bytes): number {
    let count = 0;
    while (count < into.length && this.#chunks.length > 0) count += this.#take(into.subarray(count));
    this.#unread -= count;
    if (this.#unread < MOST_UNREAD && this.#socket.isPaused()) this.#socket.resume();
    return count === 0 && this.#ended ? -1 : count;
  }

  shutdown(): void {
    this.#socket.end();
  }

  close(): void {
    this.#events = {};
    this.#socket.destroySoon();
  }

  reset(): void {
    this.#events = {};
    this.#socket.destroy();
  }

  setNoDelay(on: boolean): void {
    this.#socket.setNoDelay(on);
  }

  /** Copies: the socket keeps what it is given until it is written. */
  #put(bytes: Bytes): void {
    if (this.#mostKept === 0 || bytes.length < LEAST_KEPT) return void this.#socket.write(Buffer.from(bytes), this.#written);
    const kept = this.#kept.pop() ?? Buffer.allocUnsafeSlow(KEPT_SIZE);
    kept.set(bytes);
    this.#socket.write(kept.subarray(0, bytes.length), () => this.#giveBack(kept));
  }

  #giveBack(kept: Buffer): void {
    if (this.#kept.length < this.#mostKept) this.#kept.push(kept);
    this.#written();
  }

  #take(into: Bytes): number {
    const chunk = this.#chunks[0]!;
    const count = Math.min(chunk.length, into.length);
    into.set(chunk.subarray(0, count));
    if (count < chunk.length) this.#chunks[0] = chunk.subarray(count);
    else this.#chunks.shift();
    return count;
  }

  #arrived(chunk: Bytes): void {
    this.#chunks.push(chunk);
    this.#unread += chunk.length;
    if (this.#unread >= MOST_UNREAD) this.#socket.pause();
    this.#events.readable?.();
  }

  readonly #written = (): void => {
    if (!this.#blocked || this.#socket.writableLength > MOST_WAITING / 2) return;
    this.#blocked = false;
    this.#events.writable?.();
  };

  #finished(): void {
    this.#ended = true;
    this.#events.readable?.();
  }

  #over(error: FlowError | undefined): void {
    const { closed } = this.#events;
    this.#events = {};
    closed?.(error);
  }
}

function errorOf(code: string | undefined): FlowError {
  if (code === 'ETIMEDOUT') return 'timeout';
  if (code === 'ECONNREFUSED') return 'refused';
  return code === 'EHOSTUNREACH' || code === 'ENETUNREACH' ? 'unreachable' : 'reset';
}
