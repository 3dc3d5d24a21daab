// @ts-check
// A web server and client, whatever the way to the other side is. Bodies are random; hashes say whether they came whole.
import { createHash, randomBytes } from 'node:crypto';
import { createServer, request } from 'node:http';

/**
 * @typedef {import('node:http').RequestOptions} Way what makes a request go there: an agent, or a connection
 * @typedef {{ url: string, timeout: number }} Target
 */

/** @param {AsyncIterable<Buffer>} body */
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
 * @param {number} bytes
 */
export function bodyServer(bytes) {
  const body = randomBytes(bytes);
  const server = createServer(async (asked, answer) => {
    answer.end(asked.method === 'PUT' ? JSON.stringify(await hashOf(asked)) : body);
  });
  return { server, body: { bytes, sha256: createHash('sha256').update(body).digest('hex') } };
}

/**
 * @param {Way} way
 * @param {Target} target
 * @param {Buffer} [body]
 * @returns {Promise<import('node:http').IncomingMessage>}
 */
function ask(way, { url, timeout }, body) {
  return new Promise((resolve, reject) => {
    const signal = AbortSignal.timeout(timeout);
    const asked = request(url, { ...way, method: body === undefined ? 'GET' : 'PUT', signal }, resolve);
    asked.on('error', reject);
    asked.end(body);
  });
}

/**
 * Fetches a body and says what came.
 * @param {Way} way
 * @param {Target} target
 */
export async function get(way, target) {
  const answer = await ask(way, target);
  return { status: answer.statusCode, ...(await hashOf(answer)) };
}

/**
 * Sends a random body and says what both sides saw of it.
 * @param {Way} way
 * @param {Target & { bytes: number }} target
 */
export async function put(way, { bytes, ...target }) {
  const body = randomBytes(bytes);
  const answer = await ask(way, target, body);
  let said = '';
  for await (const part of answer) said += part;
  return { sent: createHash('sha256').update(body).digest('hex'), received: JSON.parse(said).sha256 };
}
