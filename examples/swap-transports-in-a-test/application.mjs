// @ts-check
// What is tested: two programs of a tailnet. They do not know what carries their packets.
import { once } from 'node:events';
import { createServer, get } from 'node:http';

/** @typedef {ReturnType<typeof import('@heddle/core/node').createNode>} Node */

/** Counts visitors. @param {Node} node */
export async function serveCounter(node) {
  let visitors = 0;
  const server = createServer((_request, response) => response.end(`visitor ${++visitors}`));
  await once(node.listen({ port: 80 }, server), 'listening');
}

/**
 * What the counter says to a visitor.
 * @param {Node} node
 * @param {string} host
 */
export async function visit(node, host) {
  const [response] = await once(get(`http://${host}/`, { agent: node.httpAgent() }), 'response');
  let text = '';
  for await (const part of response) text += part;
  return text;
}
