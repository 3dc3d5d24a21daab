// @ts-check
// TLS in front of a server that has none.
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { createServer } from 'node:tls';
import { serve } from './control-channel.mjs';

/** @type {{ address: string, port: number, to: { host: string, port: number }, key: string, certificate: string }} */
const { address, port, to, key, certificate } = JSON.parse(process.env.HEDDLE_LAB ?? '{}');

const server = createServer({ key: readFileSync(key), cert: readFileSync(certificate) }, (socket) => {
  const behind = connect(to);
  behind.on('error', () => socket.destroy());
  socket.on('error', () => behind.destroy());
  socket.pipe(behind).pipe(socket);
});
server.listen(port, address);
await once(server, 'listening');
serve({});
