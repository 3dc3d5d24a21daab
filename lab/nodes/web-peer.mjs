// @ts-check
// A web server and client for hosts where another program is the way into the tailnet. Bodies are random; hashes say whether they came whole.
import { createHash, randomBytes } from 'node:crypto';
import { createServer, request } from 'node:http';
import { serve } from './control-channel.mjs';

/** @typedef {import('node:stream').Readable} Readable */

/** @param {Readable} body */
async function hashOf(body) {
  const hash = createHash('sha256');
  let bytes = 0;
  for await (const part of body) {
    hash.update(part);
    bytes += part.length;
  }
  return { bytes, sha256: hash.digest('hex') };
}

/**
 * Answers GET with so many random bytes, and PUT with the hash of what came.
 * @param {{ port: number, bytes: number }} params
 */
async function listen({ port, bytes }) {
  const body = randomBytes(bytes);
  const server = createServer(async (asked, answer) => {
    answer.end(asked.method === 'PUT' ? JSON.stringify(await hashOf(asked)) : body);
  });
  await new Promise((resolve, reject) => server.once('error', reject).listen(port, () => resolve(undefined)));
  return { bytes, sha256: createHash('sha256').update(body).digest('hex') };
}

/**
 * The answer to one request, directly or through a proxy on this host.
 * @param {{ url: string, proxyPort?: number, timeout: number, body?: Buffer }} params
 * @returns {Promise<import('node:http').IncomingMessage>}
 */
function ask({ url, proxyPort, timeout, body }) {
  const { host, hostname, port, pathname } = new URL(url);
  const where = proxyPort === undefined ? { host: hostname, port, path: pathname } : { host: '127.0.0.1', port: proxyPort, path: url };
  return new Promise((resolve, reject) => {
    const signal = AbortSignal.timeout(timeout);
    const asked = request({ ...where, method: body === undefined ? 'GET' : 'PUT', headers: { host }, agent: false, signal }, resolve);
    asked.on('error', reject);
    asked.end(body);
  });
}

/** @param {{ url: string, proxyPort?: number, timeout: number }} params */
async function get(params) {
  const answer = await ask(params);
  return { status: answer.statusCode, ...(await hashOf(answer)) };
}

/** @param {{ url: string, proxyPort?: number, timeout: number, bytes: number }} params */
async function put({ bytes, ...params }) {
  const body = randomBytes(bytes);
  const answer = await ask({ ...params, body });
  let said = '';
  for await (const part of answer) said += part;
  return { sent: createHash('sha256').update(body).digest('hex'), received: JSON.parse(said).sha256 };
}

serve({ listen, get, put });
