// @ts-check
// An application that serves HTTP, asks for it, and pings. It does not know what its node is made of.
import http from 'node:http';

/**
 * Says what it found, line by line.
 * @param {ReturnType<typeof import('@heddle/core/node').createNode>} node
 * @param {string} neighbour by name, serving HTTP on port 80
 */
export async function* application(node, neighbour) {
  const milliseconds = await node.ping(neighbour, { signal: AbortSignal.timeout(10_000) });
  yield `${neighbour} answers a ping: ${Number.isFinite(milliseconds)}`;

  const response = await node.fetch(`http://${neighbour}/`, { signal: AbortSignal.timeout(10_000) });
  yield `${neighbour} says: ${response.status} ${await response.text()}`;

  const upload = await node.fetch(`http://${neighbour}/`, { method: 'POST', body: new Uint8Array(1_000_000) });
  yield `${neighbour} says: ${upload.status} ${await upload.text()}`;
}

/** @param {string} name */
export function server(name) {
  return http.createServer(async (request, response) => {
    let bytes = 0;
    for await (const part of request) bytes += part.length;
    response.end(`hello ${request.socket.remoteAddress}, this is ${name}; you sent ${bytes} bytes`);
  });
}
