import type { Socket } from 'node:net';
import type { Address, Bytes, Flow, FlowError, FlowEvents } from '@heddle/core';

/** The most that waits in the process beside what waits in the kernel. */
const PIECE = 64 * 1024;
/** Milliseconds that the other side has to finish after close. */
const LINGER = 60_000;

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

  /** Piece by piece until the kernel takes no more: only then the socket says when to go on. */
  write(bytes: Bytes): number {
    let taken = 0;
    while (taken < bytes.length && this.#socket.writable && !this.#socket.writableNeedDrain) {
      const piece = bytes.slice(taken, taken + PIECE);
      taken += piece.length;
      this.#socket.write(piece);
    }
    return taken;
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

  close(): void {
    const socket = this.#socket;
    this.#events = {};
    socket.removeAllListeners('readable').end();
    if (this.#rest !== undefined || socket.readableLength > 0) return void socket.resetAndDestroy();
    socket.on('data', () => socket.resetAndDestroy());
    socket.setTimeout(LINGER, () => socket.destroy());
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
