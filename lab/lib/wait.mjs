// @ts-check
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Asks again and again until the answer is neither undefined nor false, and returns it; past the deadline it fails, naming what did not happen.
 * @template T
 * @param {{ readonly signal: AbortSignal }} lab
 * @param {string} what
 * @param {() => T | undefined | false | Promise<T | undefined | false>} ask
 * @param {{ deadline?: number, every?: number }} [options] milliseconds; 10 s and 25 ms by default
 * @returns {Promise<T>}
 */
export async function until(lab, what, ask, { deadline = 10_000, every = 25 } = {}) {
  const end = performance.now() + deadline;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined && answer !== false) return answer;
    if (performance.now() > end) throw new Error(`not within ${deadline} ms: ${what}`);
    await sleep(every, undefined, { signal: lab.signal });
  }
}

/**
 * Lets time pass, where time itself is what the row is about (a timeout of a NAT); everything else waits with `until`.
 * @param {{ readonly signal: AbortSignal }} lab
 * @param {number} ms
 * @returns {Promise<void>}
 */
export async function pass(lab, ms) {
  await sleep(ms, undefined, { signal: lab.signal });
}
