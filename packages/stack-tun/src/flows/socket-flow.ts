import type { Socket } from 'node:net';
import type { Address, Bytes, Flow, FlowError, FlowEvents } from '@heddle/core';

/** Bytes that wait in the process beside those in the kernel. */
const WRITE_ROOM = 64 * 1024;

const ERRORS: Readonly<Record<string, FlowError>> = {
  ECONNREFUSED: 'refused',
  ETIMEDOUT: 'timeout',
  EHOSTUNREACH: 'unreachable',
  ENETUNREACH: 'unreachable',
  ECONNABORTED: 'aborted',
};

/** A connection of the kernel in the shape of a Flow. The socket must be connected, and allow half-open. */
export class SocketFlow implements Flow {
  readonly local: Address;
  readonly remote: Address;
  readonly #socket: Socket;
  #events: FlowEvents = {};
  #rest: Bytes | undefined;
  #ended = false;
  #over: { readonly error: FlowError | undefined } | undefined;
  #told = false;
  #fault: NodeJS.ErrnoException | undefined;

  constructor(socket: Socket) {
    this.#socket = socket;
    this.local = { address: socket.localAddress ?? '', port: socket.localPort ?? 0 };
    this.remote = { address: socket.remoteAddress ?? '', port: socket.remotePort ?? 0 };
    socket.on('readable', () => this.#events.readable?.());
    socket.on('drain', () => this.#events.writable?.());
    socket.on('error', (fault) => {
      this.#fault = fault;
    });
    socket.on('end', () => this.#end());
    socket.on('close', () => this.#close());
  }

  write(bytes: Bytes): number {
    const socket = this.#socket;
    const room = Math.min(bytes.length, Math.max(socket.writableHighWaterMark, WRITE_ROOM) - socket.writableLength);
    if (room <= 0 || !socket.writable) return 0;
    socket.write(bytes.slice(0, room));
    return room;
  }

  read(into: Bytes): number {
    const chunk = this.#rest ?? (this.#socket.read() as Buffer | null);
    if (chunk === null) return this.#ended ? -1 : 0;
    const taken = Math.min(chunk.length, into.length);
    into.set(chunk.subarray(0, taken));
    this.#rest = taken < chunk.length ? chunk.subarray(taken) : undefined;
    return taken;
  }

  shutdown(): void {
    this.#socket.end();
  }

  /** Nobody will read any more; what was written still goes. */
  close(): void {
    this.#events = {};
    this.#socket.end();
    this.#socket.resume();
  }

  reset(): void {
    if (!this.#socket.destroyed) this.#socket.resetAndDestroy();
  }

  on(events: FlowEvents): void {
    this.#events = events;
    if (this.#rest !== undefined || this.#socket.readableLength > 0 || this.#ended) events.readable?.();
    this.#tell();
  }

  setNoDelay(yes: boolean): void {
    this.#socket.setNoDelay(yes);
  }

  setKeepAlive(yes: boolean, idle?: number): void {
    this.#socket.setKeepAlive(yes, idle);
  }

  /** The end is read like bytes. */
  #end(): void {
    this.#ended = true;
    this.#events.readable?.();
  }

  #close(): void {
    const orderly = this.#ended && this.#socket.writableFinished;
    const { code = '' } = this.#fault ?? {};
    this.#over = { error: this.#fault === undefined && orderly ? undefined : (ERRORS[code] ?? (this.#fault ? 'reset' : 'aborted')) };
    this.#tell();
  }

  #tell(): void {
    const { closed } = this.#events;
    if (this.#over === undefined || this.#told || closed === undefined) return;
    this.#told = true;
    closed(this.#over.error);
  }
}
