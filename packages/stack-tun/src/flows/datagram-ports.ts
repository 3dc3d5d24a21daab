import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import type { Address, Bytes, UdpPort } from '@heddle/core';

export type ReceiveDatagram = (datagram: Bytes, from: Address) => void;

/** One port number on several own addresses, as one port. */
export class DatagramPort implements UdpPort {
  readonly at: Address;
  readonly #sockets: readonly Socket[];
  readonly #gone: (port: DatagramPort) => void;
  #closed = false;

  constructor(at: Address, sockets: readonly Socket[], gone: (port: DatagramPort) => void) {
    this.at = at;
    this.#sockets = sockets;
    this.#gone = gone;
  }

  /** The kernel has it, or a copy waits, when this returns. */
  send(datagram: Bytes, to: Address): boolean {
    const type = to.address.includes(':') ? 'IPv6' : 'IPv4';
    const socket = this.#closed ? undefined : this.#sockets.find((one) => one.address().family === type);
    if (socket === undefined || socket.getSendQueueCount() > 0) return false;
    socket.send(datagram.slice(), to.port, to.address, () => {});
    return true;
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#gone(this);
    await Promise.all(this.#sockets.map((socket) => new Promise<void>((done) => void socket.close(() => done()))));
  }
}

/** Binds all of the addresses to one number, or none of them. */
export async function bindAll(addresses: readonly string[], port: number, receive: ReceiveDatagram): Promise<readonly Socket[]> {
  const sockets: Socket[] = [];
  let number = port;
  try {
    for (const address of addresses) {
      const socket = await bind(address, number, receive);
      number = socket.address().port;
      sockets.push(socket);
    }
    return sockets;
  } catch (fault) {
    for (const socket of sockets) socket.close();
    throw fault;
  }
}

function bind(address: string, port: number, receive: ReceiveDatagram): Promise<Socket> {
  const socket = createSocket({ type: address.includes(':') ? 'udp6' : 'udp4', lookup: numericLookup as never });
  socket.on('message', (bytes: Buffer, from: RemoteInfo) => receive(bytes, { address: from.address, port: from.port }));
  return new Promise((resolve, reject) => {
    socket.once('error', (fault) => {
      socket.close();
      reject(fault);
    });
    socket.bind({ address, port, exclusive: true }, () => {
      socket.removeAllListeners('error');
      socket.on('error', () => {}); // an answer of ICMP to some datagram is no fault of the port
      resolve(socket);
    });
  });
}

/** An address is not looked up: with a lookup that answers at once, send hands the datagram to the kernel before it returns. */
function numericLookup(address: string, _: unknown, done: (error: null, address: string, family: number) => void): void {
  done(null, address, address.includes(':') ? 6 : 4);
}
