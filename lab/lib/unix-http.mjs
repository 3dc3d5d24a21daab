// @ts-check
import { request } from 'node:http';

/** How long an answer may take. */
const ANSWER_LIMIT = 15_000;

/**
 * @typedef {object} Question
 * @property {string} [method] GET by default
 * @property {string} path
 * @property {unknown} [body] sent as JSON
 * @property {Record<string, string>} [headers]
 * @property {AbortSignal} [signal]
 */

/**
 * An HTTP request to a Unix socket, which is reached from outside whatever network namespace its server is in. Fails unless the answer is a success.
 * @param {string} socketPath
 * @param {Question} question
 * @returns {Promise<string>}
 */
export function askSocket(socketPath, { method = 'GET', path, body, headers = {}, signal }) {
  return new Promise((resolve, reject) => {
    const limit = AbortSignal.timeout(ANSWER_LIMIT);
    const ends = signal === undefined ? limit : AbortSignal.any([signal, limit]);
    const asked = request({ socketPath, method, path, headers, signal: ends, agent: false }, async (answer) => {
      const text = await read(answer).catch(reject);
      if (text === undefined) return;
      if ((answer.statusCode ?? 0) < 300) resolve(text);
      else reject(new Error(`${method} ${path} was answered with ${answer.statusCode}: ${text.trim()}`));
    });
    asked.on('error', reject);
    asked.end(body === undefined ? '' : JSON.stringify(body));
  });
}

/** @param {import('node:http').IncomingMessage} answer */
async function read(answer) {
  let text = '';
  for await (const part of answer.setEncoding('utf8')) text += part;
  return text;
}
