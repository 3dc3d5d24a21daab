// @ts-check
// One stream of bytes, timed, for the comparison with the kernel's TCP.
import { once } from 'node:events';
import { hashOf, sha256, textOf, wholeBody } from './socket-bodies.mjs';

/**
 * @typedef {import('node:stream').Duplex} Duplex
 * @typedef {{ connect(options: { host: string, port: number }): Duplex }} Connects a node, or node:net
 * @typedef {{ host: string, port: number, bytes: number }} Task
 */

const HASH = 64;

/**
 * Sends so many bytes and finishes, and reads the SHA-256 of what came at the other side.
 * @param {Connects} net
 * @param {Task} task
 */
export async function send(net, { host, port, bytes }) {
  const { whole, sha256: sent } = wholeBody(bytes);
  const began = performance.now();
  const socket = net.connect({ host, port });
  await once(socket, 'connect');
  socket.end(whole);
  const arrived = await textOf(socket);
  return { ms: performance.now() - began, equal: arrived === sent };
}

/**
 * Asks for so many bytes, and reads them with their SHA-256 behind them.
 * @param {Connects} net
 * @param {Task} task
 */
export async function receive(net, { host, port, bytes }) {
  const began = performance.now();
  const socket = net.connect({ host, port });
  await once(socket, 'connect');
  socket.end(String(bytes));
  const parts = [];
  for await (const part of socket) parts.push(part);
  const ms = performance.now() - began;
  const all = Buffer.concat(parts);
  return { ms, equal: all.length === bytes + HASH && sha256(all.subarray(0, bytes)) === all.subarray(bytes).toString() };
}

/**
 * Opens one connection after the other, each ended in order before the next, and says how long each took to open, in milliseconds.
 * @param {Connects} net
 * @param {{ host: string, port: number, count: number }} task
 */
export async function connects(net, { host, port, count }) {
  const taken = [];
  for (let i = 0; i < count; i++) {
    const began = performance.now();
    const socket = net.connect({ host, port });
    await once(socket, 'connect');
    taken.push(performance.now() - began);
    const closed = once(socket, 'close');
    socket.resume().end();
    await closed;
  }
  return { taken };
}

/** The other side of `send`. @param {Duplex} socket */
export async function swallow(socket) {
  socket.on('error', () => {});
  socket.end((await hashOf(lasting(socket))).sha256);
}

/** The other side of `receive`. @param {Duplex} socket */
export async function pourOut(socket) {
  socket.on('error', () => {});
  const { whole, sha256: sent } = wholeBody(Number(await textOf(lasting(socket))));
  socket.write(whole);
  socket.end(sent);
}

/** A loop over the socket itself would destroy it at the end, with what is still to be said. @param {Duplex} socket */
function lasting(socket) {
  return socket.iterator({ destroyOnReturn: false });
}
