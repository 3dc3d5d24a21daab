import { createServer, type Server } from 'node:net';
import type { StreamSockets } from '@heddle/core';
import { SocketFlow } from '@heddle/core/node';

/** Listens on TCP of this machine; visitors may finish before they have heard all. `::` means IPv4 too, and IPv4 alone where there is no IPv6. */
export const listenTcp: StreamSockets['listen'] = async (at, accept) => {
  const server = createServer({ noDelay: true, allowHalfOpen: true }, (socket) => accept(new SocketFlow(socket)));
  await bound(server, at.address, at.port).catch((error: NodeJS.ErrnoException) => {
    if (at.address !== '::' || (error.code !== 'EAFNOSUPPORT' && error.code !== 'EADDRNOTAVAIL')) throw error;
    return bound(server, '0.0.0.0', at.port);
  });
  const where = server.address();
  const port = typeof where === 'object' && where !== null ? where.port : at.port;
  return { at: { address: at.address, port }, close: () => new Promise((done) => server.close(() => done())) };
};

function bound(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host, port }, () => {
      server.off('error', reject);
      resolve();
    });
  });
}
