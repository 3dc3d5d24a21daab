// @ts-check
import { createSocket } from 'node:dgram';

/** A UDP port of this machine that nobody had a moment ago. */
export function freePort() {
  const socket = createSocket('udp4');
  return /** @type {Promise<number>} */ (
    new Promise((resolve, reject) => {
      socket.once('error', reject);
      socket.bind(0, '127.0.0.1', () => {
        const { port } = socket.address();
        socket.close(() => resolve(port));
      });
    })
  );
}
