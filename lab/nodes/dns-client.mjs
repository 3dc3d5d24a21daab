// @ts-check
// Strange and many questions to a name server, from the programs of a host.
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { serve } from './control-channel.mjs';

const PORT = 53;
/** Questions between two looks at the answers. */
const BURST = 100;
/** For an answer over TCP. */
const PATIENCE = 1_000;

/** @param {string} name @param {number} type @param {number} id */
function question(name, type, id) {
  const labels = name.split('.').flatMap((label) => [label.length, ...Buffer.from(label)]);
  return Buffer.from([id >> 8, id & 0xff, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, ...labels, 0, type >> 8, type & 0xff, 0, 1]);
}

/** @param {import('node:dgram').Socket} socket @param {string} server */
async function connected(socket, server) {
  socket.connect(PORT, server);
  await once(socket, 'connect');
}

/** So many questions a second, for a second. @param {{ server: string, name: string, count: number }} params */
async function flood({ server, name, count }) {
  const socket = createSocket('udp4');
  let answered = 0;
  socket.on('message', () => (answered += 1));
  await connected(socket, server);
  const began = performance.now();
  for (let sent = 0; sent < count; sent++) {
    socket.send(question(name, 1, sent & 0xffff));
    const ahead = (sent / count) * 1_000 - (performance.now() - began);
    if (sent % BURST === 0) await sleep(Math.max(ahead, 0));
  }
  await sleep(500);
  socket.close();
  return answered;
}

/** Sends datagrams as they are. @param {{ server: string, packets: readonly string[] }} params */
async function raw({ server, packets }) {
  const socket = createSocket('udp4');
  await connected(socket, server);
  for (const hex of packets) await new Promise((done) => socket.send(Buffer.from(hex, 'hex'), done));
  socket.close();
}

/** A message over TCP; what comes back, in hexadecimal, until the end of the connection. @param {{ server: string, hex: string }} params */
async function overTcp({ server, hex }) {
  const socket = connect(PORT, server);
  socket.on('error', () => {});
  const message = Buffer.from(hex, 'hex');
  socket.end(Buffer.concat([Buffer.from([message.length >> 8, message.length & 0xff]), message]));
  /** @type {Buffer[]} */
  const parts = [];
  socket.on('data', (part) => parts.push(part));
  // It may be reset, which is an answer, too.
  await Promise.race([new Promise((done) => socket.once('close', done)), sleep(PATIENCE)]);
  socket.destroy();
  return Buffer.concat(parts).toString('hex');
}

serve({ flood, raw, overTcp });
