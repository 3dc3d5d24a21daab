// @ts-check
// A small HTTP proxy that makes tunnels by CONNECT for who knows its password, and counts them.
import { once } from 'node:events';
import { createServer } from 'node:http';
import { connect } from 'node:net';
import { serve } from './control-channel.mjs';

/** @type {{ address: string, port: number, password: string }} */
const { address, port, password } = JSON.parse(process.env.HEDDLE_LAB ?? '{}');
const expected = `Basic ${Buffer.from(`lab:${password}`).toString('base64')}`;

/** What was asked for, in order: `CONNECT host:port 200`. @type {string[]} */
const asked = [];

const server = createServer((_, response) => void response.writeHead(405).end());
server.on('connect', (request, socket) => {
  const allowed = request.headers['proxy-authorization'] === expected;
  asked.push(`CONNECT ${request.url} ${allowed ? 200 : 407}`);
  socket.on('error', () => {});
  if (!allowed) return void socket.end('HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n');
  const [, host = '', to = ''] = /^(.*):(\d+)$/.exec(request.url ?? '') ?? [];
  const up = connect(Number(to), host, () => {
    socket.write('HTTP/1.1 200 Connection Established\r\n\r\n');
    up.pipe(socket).pipe(up);
  });
  up.on('error', () => socket.destroy());
  socket.on('close', () => up.destroy());
});
server.listen(port, address);
await once(server, 'listening');
serve({ asked: () => asked });
