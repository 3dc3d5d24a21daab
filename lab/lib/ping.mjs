// @ts-check
import { program } from '../peers.mjs';

/**
 * @typedef {object} Pinged
 * @property {number} sent
 * @property {number} received each echo once, and only when its payload came back as it was
 * @property {number} duplicates
 * @property {boolean} inOrder no answer came after a later one
 * @property {number[]} rtts milliseconds, one an answer
 * @property {number} median of them; NaN when nothing came back
 * @property {number[]} missing which had no answer, counted from 1
 */

/**
 * Sends echoes from a host's kernel and says what came back; losing them is a result, no failure.
 * @param {import('./namespace.mjs').Namespace} host
 * @param {string} address
 * @param {{ count?: number, interval?: number, size?: number, wait?: number, whole?: boolean }} [options]
 *   interval and wait (for answers after the last echo) in seconds; whole forbids fragments
 * @returns {Promise<Pinged>}
 */
export async function ping(host, address, { count = 1, interval = 0.01, size = 56, wait = 2, whole = false } = {}) {
  const numbers = ['-count', `${count}`, '-interval', `${interval}s`, '-wait', `${wait}s`, '-size', `${size}`];
  const deadline = (count * interval + wait + 10) * 1_000;
  const output = await host.exec([await program('echo'), ...numbers, ...(whole ? ['-whole'] : []), address], { deadline });
  return pinged(count, JSON.parse(output).answers);
}

/**
 * Sums up answers, listed in the order in which they came.
 * @param {number} sent
 * @param {readonly { seq: number, ms: number }[]} answers
 * @returns {Pinged}
 */
export function pinged(sent, answers) {
  const first = answers.filter(({ seq }, i) => answers.findIndex((other) => other.seq === seq) === i);
  const rtts = first.map(({ ms }) => ms);
  const came = new Set(first.map(({ seq }) => seq));
  return {
    sent,
    received: first.length,
    duplicates: answers.length - first.length,
    inOrder: first.every(({ seq }, i) => i === 0 || seq > Number(first[i - 1]?.seq)),
    rtts,
    median: [...rtts].sort((a, b) => a - b)[rtts.length >> 1] ?? Number.NaN,
    missing: Array.from({ length: sent }, (_, i) => i + 1).filter((seq) => !came.has(seq)),
  };
}
