import type { Socket } from 'node:net';
import type { Address, Bytes, Flow, FlowEvents } from '@heddle/core';

/** What may wait in the socket itself; more waits in a queue that gives way. */
const MOST_WAITING = 256 * 1024;
const MOST_UNREAD = 256 * 1024;

/** A socket of Node as a Flow. */
export class SocketFlow implements Flow {
  readonly local: Address;
  readonly remote: Address;
  readonly #socket: Socket;
  readonly #chunks: Bytes[] = [];
  #events: FlowEvents = {};
  #unread = 0;
  #ended = false;

  constructor(socket: Socket) {
    this.#socket = socket;
    this.local = { address: socket.localAddress ?? '', port: socket.localPort ?? 0 };
    this.remote = { address: socket.remoteAddress ?? '', port: socket.remotePort ?? 0 };
    socket.on('data', (chunk: Buffer) => this.#arrived(chunk));
    socket.on('end', () => this.#finished());
    socket.on('drain', () => this.#events.writable?.());
    socket.on('error', () => this.#over('reset'));
    socket.on('close', () => this.#over(undefined));
  }

  on(events: FlowEvents): void {
    this.#events = events;
  }

  write(bytes: Bytes): number {
    const taken = Math.min(bytes.length, MOST_WAITING - this.#socket.writableLength);
    if (taken <= 0 || !this.#socket.writable) return 0;
    this.#socket.write(Buffer.from(bytes.subarray(0, taken)));
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

  #finished(): void {
    this.#ended = true;
    this.#events.readable?.();
  }

  #over(error: 'reset' | undefined): void {
    const { closed } = this.#events;
    this.#events = {};
    closed?.(error);
  }
}
