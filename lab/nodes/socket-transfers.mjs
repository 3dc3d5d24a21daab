// @ts-check
// One stream of bytes, timed, for the comparison with the kernel's TCP.
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { wholeBody } from './socket-bodies.mjs';

/** @typedef {{ connect(options: { host: string, port: number }): import('node:stream').Duplex }} Connects a node, or node:net */

/**
 * Connects, sends so many bytes and finishes, and reads the SHA-256 of what came from the other side.
 * @param {Connects} net
 * @param {{ host: string, port: number, bytes: number }} params
 */
export async function send(net, { host, port, bytes }) {
  const { whole, sha256 } = wholeBody(bytes);
  const began = performance.now();
  const socket = net.connect({ host, port });
  await once(socket, 'connect');
  socket.end(whole);
  let answer = '';
  for await (const part of socket) answer += String(part);
  return { ms: performance.now() - began, equal: answer === sha256 };
}

/**
 * Connects, asks for so many bytes, and reads them to the end.
 * @param {Connects} net
 * @param {{ host: string, port: number, bytes: number }} params
 */
export async function receive(net, { host, port, bytes }) {
  const began = performance.now();
  const socket = net.connect({ host, port });
  await once(socket, 'connect');
  socket.end(`${bytes}\n`);
  const hash = createHash('sha256');
  let count = 0;
  for await (const part of socket) {
    hash.update(part);
    count += part.length;
  }
  return { ms: performance.now() - began, bytes: count, sha256: hash.digest('hex') };
}
