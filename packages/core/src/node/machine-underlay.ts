import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import type { UdpSocket, UdpSocketOptions, Underlay } from '../contracts/underlay.js';
import { nameTransport } from './name-transport.js';

/** The machine's network for a node's own few questions; what carries packets has sockets of its own. */
export function machineUnderlay(): Underlay {
  return { udp: { open: openSocket }, names: nameTransport() };
}

function openSocket(options: UdpSocketOptions): Promise<UdpSocket> {
  const socket = createSocket({ type: options.family === 4 ? 'udp4' : 'udp6', ipv6Only: options.family === 6 });
  return new Promise((resolve, reject) => {
    socket.once('error', reject);
    socket.on('message', (bytes: Buffer, from: RemoteInfo) => options.message(bytes, from.address, from.port));
    socket.bind({ port: options.port, ...(options.address !== undefined && { address: options.address }) }, () => {
      socket.off('error', reject);
      socket.on('error', (fault: NodeJS.ErrnoException) => options.fault(fault.code ?? 'UNKNOWN', false));
      resolve(shown(socket));
    });
  });
}

function shown(socket: Socket): UdpSocket {
  const { address, port } = socket.address();
  return {
    local: { address, port },
    send(slab, offset, length, toPort, toAddress) {
      socket.send(slab.slice(offset, offset + length), toPort, toAddress);
      return true;
    },
    busy: () => false,
    receiveBuffer: 0,
    sendBuffer: 0,
    close: () => new Promise((done) => socket.close(() => done())),
  };
}
