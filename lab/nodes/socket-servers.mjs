// @ts-check
// Servers that know nothing of Heddle, on a node of ours.
import http from 'node:http';
import fastify from 'fastify';
import { answer, echoSockets } from './socket-answers.mjs';

const KINDS = {
  http: async () => http.createServer(answer),
  fastify: async () => {
    const app = fastify();
    app.addContentTypeParser('application/octet-stream', (_request, payload, done) => done(null, payload));
    app.get('/', async () => 'hello\n');
    app.get('/port', async (request) => String(request.socket.remotePort));
    app.post('/echo', { bodyLimit: 2 ** 31 }, async (request) => request.body);
    await app.ready();
    return app.server;
  },
  ws: async () => echoSockets(http.createServer(answer)),
};

/**
 * @param {import('@heddle/core/node').SocketNode} node
 * @param {keyof typeof KINDS} kind
 * @param {number} port
 */
export async function listen(node, kind, port) {
  return node.listen({ port }, await KINDS[kind]());
}
