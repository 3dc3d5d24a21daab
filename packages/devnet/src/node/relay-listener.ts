import type { AddressInfo, Socket } from 'node:net';
import { createServer, type Server } from 'node:tls';
import { SocketFlow } from '@heddle/core/node';
import type { RelayServer } from '../relay/relay-server.js';
import type { SelfSigned } from './self-signed.js';

/** The relay on a TCP port, with TLS as clients insist. */
export class RelayListener {
  readonly #relay: RelayServer;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  constructor(relay: RelayServer, { key, cert }: Pick<SelfSigned, 'key' | 'cert'>) {
    this.#relay = relay;
    this.#server = createServer({ key, cert, ALPNProtocols: ['http/1.1'] }, (socket) => {
      socket.setNoDelay(true);
      relay.accept(new SocketFlow(socket));
    });
    this.#server.on('connection', (socket: Socket) => {
      this.#sockets.add(socket.on('error', () => {}));
      socket.once('close', () => this.#sockets.delete(socket));
    });
    this.#server.on('tlsClientError', () => {});
  }

  /** Returns the port. */
  listen(address: string, port: number): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(port, address, () => resolve((this.#server.address() as AddressInfo).port));
    });
  }

  close(): Promise<void> {
    return new Promise((resolve) => {
      this.#server.close(() => resolve());
      this.#relay.close();
      for (const socket of this.#sockets) socket.destroy();
    });
  }
}
