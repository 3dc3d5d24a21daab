// @ts-check
// What is served: a web server and a TCP server that tell what they got, on the loopback of their host.
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { createServer as createTcpServer } from 'node:net';
import { WebSocketServer } from 'ws';
import { serve } from './control-channel.mjs';

const { web, tcp } = JSON.parse(process.env.HEDDLE_LAB ?? '{}');

const server = createServer(async (request, response) => {
  const sum = createHash('sha256');
  for await (const part of request) sum.update(part);
  const { method, url, httpVersion, headers } = request;
  response.end(JSON.stringify({ method, url, httpVersion, headers, sha256: sum.digest('hex') }));
});
new WebSocketServer({ server }).on(
  'connection',
  (/** @type {any} */ socket, /** @type {import('node:http').IncomingMessage} */ request) => {
    socket.send(JSON.stringify(request.headers));
    socket.on('message', (/** @type {Buffer} */ data, /** @type {boolean} */ binary) => socket.send(data, { binary }));
  },
);
const echo = createTcpServer((socket) => {
  socket.on('error', () => {});
  socket.pipe(socket);
});
server.listen(web, '127.0.0.1');
echo.listen(tcp, '127.0.0.1');
await Promise.all([once(server, 'listening'), once(echo, 'listening')]);
serve({});
