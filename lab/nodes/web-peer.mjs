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
 * The answer to one request over a connection of its own, direct or through a proxy on this host.
 * @param {{ url: string, proxyPort?: number, timeout: number, body?: Buffer }} params
 * @returns {Promise<import('node:http').IncomingMessage>}
 */
async function ask({ url, proxyPort, timeout, body }) {
  const signal = AbortSignal.timeout(timeout);
  const way =
    proxyPort === undefined
      ? { agent: /** @type {const} */ (false) }
      : { createConnection: always(await throughProxy(new URL(url).host, proxyPort, signal)) };
  return new Promise((resolve, reject) => {
    const asked = request(url, { ...way, method: body === undefined ? 'GET' : 'PUT', signal }, resolve);
    asked.on('error', reject);
    asked.end(body);
  });
}

/**
 * A proxy would keep what it fetches pages over; a connection through it is new each time.
 * @param {string} target
 * @param {number} port
 * @param {AbortSignal} signal
 * @returns {Promise<import('node:net').Socket>}
 */
function throughProxy(target, port, signal) {
  return new Promise((resolve, reject) => {
    const asked = request({ host: '127.0.0.1', port, method: 'CONNECT', path: target, agent: false, signal });
    asked.on('connect', (answer, socket) => {
      if (answer.statusCode === 200) resolve(socket);
      else reject(new Error(`the proxy answered ${answer.statusCode}`));
    });
    asked.on('error', reject);
    asked.end();
  });
}

/** @template T @param {T} value */
const always = (value) => () => value;

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
