import { createServer, type Socket } from 'node:net';
import type { Address, StreamSockets } from '@heddle/core';
import { SocketFlow } from '@heddle/core/node';
import { openTcp } from './open-tcp.js';

/** TCP of this machine, without TLS. */
export function tcpSockets(): StreamSockets {
  return {
    async connect({ host, port }, { signal }) {
      return new SocketFlow(await openTcp({ host, port, addresses: [] }, signal));
    },
    listen: (at, accept) => listen(at, (socket) => accept(new SocketFlow(socket))),
  };
}

function listen(at: Address, accept: (socket: Socket) => void): Promise<{ readonly at: Address; close(): Promise<void> }> {
  const server = createServer({ noDelay: true }, accept);
  const close = (): Promise<void> => new Promise((done) => server.close(() => done()));
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host: at.address, port: at.port }, () => {
      const bound = server.address();
      const port = typeof bound === 'object' ? (bound?.port ?? at.port) : at.port;
      resolve({ at: { address: at.address, port }, close });
    });
  });
}
