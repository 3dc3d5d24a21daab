import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import type { Bytes, UdpSocket, UdpSocketOptions, UdpSockets } from '@heddle/core';
import { RefusalWatch } from './refusal-watch.js';
import { SendSlot } from './send-slot.js';
import { SpentBuffers } from './spent-buffers.js';

/** wireguard-go asks for as much; the kernel grants what net.core.rmem_max allows. */
const KERNEL_BUFFER = 7 * 1024 * 1024;

/** Sockets of `node:dgram`: everywhere, no native code. */
export function dgramSockets(): UdpSockets {
  return { open: (options) => openDgram(options) };
}

function openDgram(options: UdpSocketOptions): Promise<UdpSocket> {
  if (options.mark !== undefined && options.mark !== 0) return Promise.reject(unsupportedMark());
  return new Promise((resolve, reject) => {
    const type = options.family === 4 ? 'udp4' : 'udp6';
    const socket = createSocket({ type, ipv6Only: options.family === 6, lookup: numericLookup as never });
    socket.once('error', reject);
    const spent = options.lent ? new SpentBuffers() : undefined;
    socket.on('message', (bytes: Buffer, from: RemoteInfo) => {
      options.message(bytes, from.address, from.port);
      spent?.add(bytes);
    });
    socket.bind({ port: options.port, exclusive: true, ...(options.address !== undefined && { address: options.address }) }, () => {
      socket.off('error', reject);
      socket.on('error', (fault: NodeJS.ErrnoException) => options.fault(fault.code ?? 'UNKNOWN', false));
      resolve(new DgramSocket(socket, (code) => options.fault(code, false)));
    });
  });
}

/** An address is not looked up: with a lookup that answers at once, send hands the datagram to the kernel before it returns. */
function numericLookup(address: string, _: unknown, done: (error: null, address: string, family: number) => void): void {
  done(null, address, address.includes(':') ? 6 : 4);
}

class DgramSocket implements UdpSocket {
  readonly local: { readonly address: string; readonly port: number };
  readonly receiveBuffer: number;
  readonly sendBuffer: number;
  readonly #socket: Socket;
  readonly #slot = new SendSlot();
  readonly #refusals = new RefusalWatch();
  /** One for all datagrams. */
  readonly #sent: (fault: NodeJS.ErrnoException | null) => void;
  #closed = false;

  constructor(socket: Socket, fault: (code: string) => void) {
    const { address, port } = socket.address();
    this.local = { address, port };
    this.#socket = socket;
    this.#sent = (refusal) => {
      if (refusal === null || this.#closed) return;
      this.#refusals.refused();
      fault(refusal.code ?? 'UNKNOWN');
    };
    this.receiveBuffer = granted(
      () => socket.setRecvBufferSize(KERNEL_BUFFER),
      () => socket.getRecvBufferSize(),
    );
    this.sendBuffer = granted(
      () => socket.setSendBufferSize(KERNEL_BUFFER),
      () => socket.getSendBufferSize(),
    );
  }

  /** What finds the kernel's buffer full stays in Node's queue by reference, so only copies are sent, and such a copy is never used again. */
  send(slab: Bytes, offset: number, length: number, port: number, address: string): boolean {
    if (this.#closed || this.#socket.getSendQueueCount() > 0) return false;
    const copy = this.#slot.copy(slab, offset, length);
    if (this.#refusals.asks(length)) this.#socket.send(copy, 0, length, port, address, this.#sent);
    else this.#socket.send(copy, 0, length, port, address);
    if (this.#socket.getSendQueueCount() > 0) this.#slot.abandon();
    return true;
  }

  busy(): boolean {
    return !this.#closed && this.#socket.getSendQueueCount() > 0;
  }

  close(): Promise<void> {
    if (this.#closed) return Promise.resolve();
    this.#closed = true;
    return new Promise((resolve) => this.#socket.close(() => resolve()));
  }
}

/** Asks for much and reads back what there is; a kernel that refuses is no reason to fail. */
function granted(ask: () => void, read: () => number): number {
  try {
    ask();
  } catch {
    // The default of the kernel stays.
  }
  try {
    return read();
  } catch {
    return 0;
  }
}

function unsupportedMark(): Error {
  return Object.assign(new Error('node:dgram cannot set SO_MARK: use a socket source that can, such as the one of @heddle/native-linux'), {
    code: 'ENOTSUP',
  });
}
