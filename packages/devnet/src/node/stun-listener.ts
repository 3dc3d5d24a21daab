import { createSocket, type Socket } from 'node:dgram';
import { isIPv6 } from 'node:net';
import type { Bytes } from '@heddle/core';
import { decodeStunRequest, encodeStunAnswer, parseAddress } from '@heddle/wire';

/** Tells who asks where it is seen to be. */
export class StunListener {
  #socket: Socket | undefined;

  /** Returns the port. */
  listen(address: string, port: number): Promise<number> {
    const socket = createSocket({ type: isIPv6(address) ? 'udp6' : 'udp4' });
    this.#socket = socket;
    socket.on('message', (request, from) => {
      const answer = stunAnswer(request, from.address, from.port);
      if (answer !== undefined) socket.send(answer, from.port, from.address, () => {});
    });
    return new Promise((resolve, reject) => {
      socket.once('error', reject);
      socket.bind(port, address, () => {
        socket.on('error', () => {});
        resolve(socket.address().port);
      });
    });
  }

  close(): Promise<void> {
    const socket = this.#socket;
    this.#socket = undefined;
    return new Promise((resolve) => (socket === undefined ? resolve() : socket.close(() => resolve())));
  }
}

function stunAnswer(request: Bytes, from: string, port: number): Bytes | undefined {
  const address = parseAddress(from);
  const asked = decodeStunRequest(request);
  return asked && address && encodeStunAnswer({ transaction: asked.transaction, address, port });
}
