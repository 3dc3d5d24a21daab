// @ts-check
// Large bodies, and what became of them.
import { createHash, randomFillSync } from 'node:crypto';

const CHUNK = 64 * 1024;

/**
 * So many bytes, no two chunks alike; `sha256` is known when the last one was taken.
 * @param {number} bytes
 */
export function body(bytes) {
  const hash = createHash('sha256');
  const random = randomFillSync(Buffer.alloc(2 * CHUNK));
  const made = { sha256: '', chunks: chunks() };
  function* chunks() {
    for (let at = 0; at < bytes; at += CHUNK) {
      const from = (at / CHUNK) % CHUNK;
      const chunk = random.subarray(from, from + Math.min(CHUNK, bytes - at));
      hash.update(chunk);
      yield chunk;
    }
    made.sha256 = hash.digest('hex');
  }
  return made;
}

/**
 * As one buffer.
 * @param {number} bytes
 */
export function wholeBody(bytes) {
  const made = body(bytes);
  const whole = Buffer.concat([...made.chunks]);
  return { whole, sha256: made.sha256 };
}

/**
 * Reads to the end.
 * @param {AsyncIterable<Uint8Array | string>} stream
 */
export async function hashOf(stream) {
  const hash = createHash('sha256');
  let bytes = 0;
  for await (const part of stream) {
    hash.update(part);
    bytes += part.length;
  }
  return { sha256: hash.digest('hex'), bytes };
}

/** @param {AsyncIterable<Uint8Array | string>} stream */
export async function textOf(stream) {
  const parts = [];
  for await (const part of stream) parts.push(Buffer.from(part));
  return Buffer.concat(parts).toString();
}

/** @param {Uint8Array} whole */
export function sha256(whole) {
  return createHash('sha256').update(whole).digest('hex');
}

/**
 * The code of what a promise was rejected with, or of its cause.
 * @param {Promise<unknown>} promise
 * @returns {Promise<string>}
 */
export async function failureOf(promise) {
  try {
    await promise;
    return 'no failure';
  } catch (error) {
    const { code, name, cause, errors } = /** @type {any} */ (error);
    return [cause?.code, errors?.[0]?.code, code].find((one) => typeof one === 'string') ?? name;
  }
}
