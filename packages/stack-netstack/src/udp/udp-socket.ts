import type { Address, Bytes, UdpEvents, UdpPort } from '@heddle/core';

/** A UDP port of this stack. */
export interface NetstackUdpPort extends UdpPort {
  /** Replaces the listeners. */
  on(events: UdpEvents): void;
}

export interface SocketParts {
  readonly address: Bytes | undefined;
  readonly at: Address;
  readonly receive: (datagram: Bytes, from: Address) => void;
  readonly send: (socket: UdpSocket, datagram: Bytes, to: Address) => boolean;
  readonly closed: (socket: UdpSocket) => void;
}

export class UdpSocket implements NetstackUdpPort {
  readonly at: Address;
  /** Undefined: all own addresses. */
  readonly address: Bytes | undefined;
  readonly receive: (datagram: Bytes, from: Address) => void;
  events: UdpEvents = {};
  readonly #parts: SocketParts;
  #isClosed = false;

  constructor(parts: SocketParts) {
    this.#parts = parts;
    this.at = parts.at;
    this.address = parts.address;
    this.receive = parts.receive;
  }

  send(datagram: Bytes, to: Address): boolean {
    return !this.#isClosed && this.#parts.send(this, datagram, to);
  }

  on(events: UdpEvents): void {
    this.events = events;
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#parts.closed(this);
  }
}
