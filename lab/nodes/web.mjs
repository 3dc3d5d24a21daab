// @ts-check
// A web server and client, whatever the way to the other side is. Bodies are random; hashes say whether they came whole.
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

/** What `/stream` sends, and how often (milliseconds). */
const CHUNK = 8_192;
const BEAT = 20;
const HASH = 32;

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
 * Random bytes, a little every 20 ms, and their hash behind them.
 * @param {import('node:http').ServerResponse} answer
 * @param {number} seconds
 */
async function trickle(answer, seconds) {
  const hash = createHash('sha256');
  for (const end = performance.now() + seconds * 1_000; performance.now() < end; await sleep(BEAT)) {
    if (answer.destroyed) return;
    const chunk = randomBytes(CHUNK);
    hash.update(chunk);
    if (!answer.writableNeedDrain) answer.write(chunk);
    else await new Promise((resolve) => answer.write(chunk, resolve));
  }
  answer.end(hash.digest());
}

/** A transfer that lasts, and what is done meanwhile. */
export function lastingTransfer() {
  /** @type {Promise<{ bytes: number, whole: boolean, longestGap: number }> | undefined} */
  let end;
  return {
    /**
     * Returns once it goes on.
     * @param {Way} way
     * @param {Target & { seconds: number }} target the root of a server
     */
    begin: async (way, { url, seconds, timeout }) => {
      const answer = await ask(way, { url: `${url}stream?${seconds}`, timeout });
      await once(answer, 'readable');
      end = readToEnd(answer);
      end.catch(() => {});
    },
    /** Whether it came whole, and how long nothing came at most (milliseconds). */
    end: () => end,
  };
}

/** @param {import('node:http').IncomingMessage} answer */
async function readToEnd(answer) {
  /** @type {Buffer[]} */
  const parts = [];
  let [longestGap, last] = [0, performance.now()];
  for await (const part of answer) {
    longestGap = Math.max(longestGap, performance.now() - last);
    last = performance.now();
    parts.push(part);
  }
  const all = Buffer.concat(parts);
  const hash = createHash('sha256').update(all.subarray(0, -HASH)).digest();
  return { bytes: all.length, whole: hash.equals(all.subarray(-HASH)), longestGap };
}

/**
 * Answers GET with so many random bytes, PUT with the hash of what came, and `/stream?5` for five seconds.
 * @param {number} bytes
 */
export function bodyServer(bytes) {
  const body = randomBytes(bytes);
  const server = createServer(async (asked, answer) => {
    const lasting = /^\/stream\?(\d+)$/.exec(asked.url ?? '')?.[1];
    if (lasting !== undefined) return trickle(answer, Number(lasting));
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
