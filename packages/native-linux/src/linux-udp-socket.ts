import { closeSync } from 'node:fs';
import type { Address, Bytes, UdpSocket, UdpSocketOptions } from '@heddle/core';
import { errorName } from './foreign.js';
import { ERRNO, SOCKET } from './kernel-numbers.js';
import { SlabAddresses } from './slab-addresses.js';
import { socketAddressSize } from './socket-address.js';
import type { SocketCalls } from './socket-calls.js';
import type { UdpPlaces } from './udp-places.js';
import type { Watch } from './watch.js';

/** Larger than any datagram. */
const LARGEST = 65_536;
/** Datagrams of one turn of the event loop. */
const BURST = 128;

/** A UDP socket by system calls: the kernel takes or refuses each datagram before send returns. */
export class LinuxUdpSocket implements UdpSocket {
  readonly local: Address;
  readonly receiveBuffer: number;
  readonly sendBuffer: number;
  readonly #calls: SocketCalls;
  readonly #fd: number;
  readonly #places: UdpPlaces;
  readonly #options: UdpSocketOptions;
  readonly #addresses: SlabAddresses;
  readonly #watch: Watch;
  readonly #scratch: Bytes = new Uint8Array(LARGEST);
  readonly #sender: Bytes;
  #full = false;
  #closed = false;

  /** Owns the descriptor from now on. */
  constructor(calls: SocketCalls, fd: number, places: UdpPlaces, options: UdpSocketOptions) {
    this.#calls = calls;
    this.#fd = fd;
    this.#places = places;
    this.#options = options;
    this.#addresses = new SlabAddresses(calls);
    this.#sender = new Uint8Array(socketAddressSize(options.family));
    this.receiveBuffer = Math.max(0, calls.option(fd, SOCKET.LEVEL_SOCKET, SOCKET.RECEIVE_BUFFER));
    this.sendBuffer = Math.max(0, calls.option(fd, SOCKET.LEVEL_SOCKET, SOCKET.SEND_BUFFER));
    const local = new Uint8Array(socketAddressSize(options.family));
    calls.localAddress(fd, local);
    this.local = places.read(local);
    this.#watch = calls.watch(fd, () => this.#receive());
  }

  send(slab: Bytes, offset: number, length: number, port: number, address: string): boolean {
    if (this.#closed) return false;
    const to = this.#places.destination(address, port);
    if (to === undefined) return this.#lost(-ERRNO.EINVAL);
    const sent = this.#calls.send(this.#fd, this.#addresses.at(slab, offset), length, to.pointer, to.bytes.length);
    if (sent >= 0) return true;
    this.#full = sent === -ERRNO.EAGAIN;
    return !this.#full && this.#lost(sent);
  }

  busy(): boolean {
    if (this.#full && !this.#closed) this.#full = !this.#calls.isWritable(this.#fd);
    return this.#full && !this.#closed;
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#watch.close();
    closeSync(this.#fd);
  }

  #receive(): void {
    const address = this.#addresses.at(this.#scratch, 0);
    for (let i = 0; i < BURST && !this.#closed; i++) {
      const length = this.#calls.receive(this.#fd, address, LARGEST, this.#sender);
      if (length === -ERRNO.EAGAIN) return;
      if (length < 0) return this.#fault(length);
      const from = this.#places.sender(this.#sender);
      this.#options.message(this.#scratch.slice(0, length), from.address, from.port);
    }
  }

  /** Taken, and given up. */
  #lost(errno: number): true {
    this.#fault(errno);
    return true;
  }

  /** Never in the stack of send: who hears of it may open sockets anew. */
  #fault(errno: number): void {
    this.#calls.soon(() => {
      if (!this.#closed) this.#options.fault(errorName(errno), false);
    });
  }
}
