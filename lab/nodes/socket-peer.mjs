// @ts-check
// Servers of Node's own net, for the host behind wireguard-go.
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import http from 'node:http';
import http2 from 'node:http2';
import https from 'node:https';
import { connect, createServer } from 'node:net';
import tls from 'node:tls';
import { serve } from './control-channel.mjs';
import { answer, counted, echoSockets } from './socket-answers.mjs';
import { wsClient } from './socket-http-clients.mjs';
import { connects, pourOut, receive, send, swallow } from './socket-transfers.mjs';

const KINDS = {
  http: () => http.createServer(answer),
  https: (/** @type {any} */ options) => https.createServer(options, answer),
  http2: (/** @type {any} */ options) => http2.createSecureServer(options, answer),
  tls: (/** @type {any} */ options) => tls.createServer(options, (socket) => void socket.on('error', () => {}).pipe(socket)),
  ws: () => echoSockets(http.createServer()),
  smtp: () => createServer(takeMail),
  sink: () => createServer({ allowHalfOpen: true }, swallow),
  source: () => createServer({ allowHalfOpen: true }, pourOut),
};

/** @param {{ kind: keyof typeof KINDS, port: number, key?: string, cert?: string }} params */
async function listen({ kind, port, key, cert }) {
  const server = KINDS[kind]({ key, cert });
  server.listen(port, '0.0.0.0');
  await once(server, 'listening');
}

/**
 * A sink for mail: it takes every letter, undoes the dots, and answers `250 <SHA-256> <port of the client>`.
 * @param {import('node:net').Socket} socket
 */
function takeMail(socket) {
  let text = Buffer.alloc(0);
  /** @type {Buffer[] | undefined} */
  let letter;
  socket.on('error', () => {});
  socket.write('220 sink\r\n');
  socket.on('data', (bytes) => {
    text = Buffer.concat([text, bytes]);
    for (let end = text.lastIndexOf('\r\n'); end >= 0; end = -1) {
      const lines = text.subarray(0, end + 2);
      text = text.subarray(end + 2);
      for (const line of linesOf(lines)) take(line);
    }
  });
  /** @param {Buffer} line */
  function take(line) {
    if (letter === undefined) command(line.toString());
    else if (line.equals(Buffer.from('.\r\n'))) deliver(letter);
    else letter.push(line[0] === 0x2e ? line.subarray(1) : line);
  }
  /** @param {string} line */
  function command(line) {
    const verb = line.slice(0, 4).toUpperCase();
    if (verb === 'DATA') letter = [];
    socket.write(verb === 'DATA' ? '354 go on\r\n' : verb === 'QUIT' ? '221 bye\r\n' : '250 ok\r\n');
    if (verb === 'QUIT') socket.end();
  }
  /** @param {Buffer[]} lines */
  function deliver(lines) {
    letter = undefined;
    const hash = createHash('sha256');
    for (const line of lines) hash.update(line);
    socket.write(`250 ${hash.digest('hex')} ${socket.remotePort}\r\n`);
  }
}

/** @param {Buffer} bytes */
function* linesOf(bytes) {
  for (let at = 0; at < bytes.length; ) {
    const end = bytes.indexOf('\r\n', at) + 2;
    yield bytes.subarray(at, end);
    at = end;
  }
}

/**
 * The ws client of the other scenarios, over Node's own net.
 * @param {import('./socket-http-clients.mjs').Task & { address: string }} task
 */
function wsOverNet({ address, ...task }) {
  const lookup = (/** @type {string} */ _name, /** @type {{ all?: boolean }} */ { all }, /** @type {any} */ done) =>
    all ? done(null, [{ address, family: 4 }]) : done(null, address, 4);
  return wsClient(/** @type {any} */ ({ httpAgent: () => new http.Agent(/** @type {any} */ ({ lookup })) }), task);
}

serve({
  listen,
  wsClient: wsOverNet,
  counted: () => counted,
  send: (params) => send({ connect }, params),
  receive: (params) => receive({ connect }, params),
  connects: (params) => connects({ connect }, params),
});
