import type { Address, Bytes, Flow, FlowError, FlowEvents } from '@heddle/core';

const MOST_WAITING = 64;
/** RFC 4787 REQ-5: a flow of datagrams is over after so long without one. */
export const UDP_IDLE = 120_000;

/** A claimed flow of datagrams. Each write is one datagram, each read is one; what does not fit into the reader's bytes is cut off. */
export class UdpFlow implements Flow {
  readonly local: Address;
  readonly remote: Address;
  readonly deadlines: { next: number; queuedAt: number } = { next: Infinity, queuedAt: Infinity };
  readonly #send: (datagram: Bytes) => boolean;
  readonly #ended: (flow: UdpFlow) => void;
  readonly #waiting: Bytes[] = [];
  #events: FlowEvents = {};
  #isOver = false;

  constructor(local: Address, remote: Address, send: (datagram: Bytes) => boolean, ended: (flow: UdpFlow) => void) {
    this.local = local;
    this.remote = remote;
    this.#send = send;
    this.#ended = ended;
  }

  /** The whole datagram, or 0: it was not taken. */
  write(bytes: Bytes): number {
    return !this.#isOver && this.#send(bytes) ? bytes.length : 0;
  }

  read(into: Bytes): number {
    const datagram = this.#waiting.shift();
    if (datagram === undefined) return this.#isOver ? -1 : 0;
    const length = Math.min(into.length, datagram.length);
    into.set(datagram.subarray(0, length));
    return length;
  }

  shutdown(): void {
    this.end(undefined);
  }

  close(): void {
    this.#events = {};
    this.end(undefined);
  }

  reset(): void {
    this.end('aborted');
  }

  on(events: FlowEvents): void {
    this.#events = events;
    if (this.#waiting.length > 0) events.readable?.();
  }

  /** False: too many wait, and it was dropped. */
  receive(datagram: Bytes): boolean {
    if (this.#waiting.length >= MOST_WAITING) return false;
    this.#waiting.push(datagram.slice());
    this.#events.readable?.();
    return true;
  }

  end(error: FlowError | undefined): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#ended(this);
    this.#events.closed?.(error);
  }
}
