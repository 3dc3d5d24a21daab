// @ts-check
// What the http servers of both sides answer.
import { pipeline } from 'node:stream';
import { WebSocketServer } from 'ws';

const CHUNK = Buffer.alloc(64 * 1024, 'x');
const HELLO = 'hello\n';
/** What the servers of this process have seen. */
export const counted = { aborted: 0 };

/** What each of the http servers answers: its client's port, the body that came, or bytes without end.
 * @param {any} request @param {any} response */
export function answer(request, response) {
  if (request.url === '/port') response.end(String(request.socket.remotePort ?? request.stream.session.socket.remotePort));
  else if (request.url === '/echo') pipeline(request, response, () => {});
  else if (request.url === '/endless') pour(response);
  else response.setHeader('content-length', HELLO.length).end(HELLO); // HTTP/1.0, which ab speaks, keeps no connection without a length
}

/** @param {any} response */
function pour(response) {
  const more = () => {
    while (!response.destroyed && response.write(CHUNK));
  };
  response.on('drain', more).on('close', () => counted.aborted++);
  more();
}

/**
 * A ws server that says back what it hears.
 * @param {import('node:http').Server} server
 */
export function echoSockets(server) {
  const sockets = new WebSocketServer({ server, maxPayload: 256 * 1024 * 1024 });
  sockets.on('connection', (/** @type {any} */ socket) => {
    socket
      .on('error', () => {})
      .on('message', (/** @type {unknown} */ data, /** @type {boolean} */ binary) => socket.send(data, { binary }));
  });
  return server;
}
