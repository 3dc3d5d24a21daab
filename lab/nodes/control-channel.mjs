// @ts-check
import { createInterface } from 'node:readline';

/**
 * The script's end of the conversation that lab/lib/node-process.mjs begins: answers requests with the function
 * of their name, says `ready`, and ends the process when the runner goes away.
 *
 * @param {Record<string, (params: any) => unknown>} methods
 * @returns {(event: string, data?: unknown) => void} tells the runner something unasked
 */
export function serve(methods) {
  const say = (/** @type {unknown} */ message) => process.stdout.write(`${JSON.stringify(message)}\n`);
  createInterface({ input: process.stdin })
    .on('line', async (line) => say(await answer(methods, JSON.parse(line))))
    .on('close', () => process.exit());
  /** @param {string} event @param {unknown} [data] */
  const tell = (event, data) => void say({ event, data });
  tell('ready');
  return tell;
}

/**
 * @param {Record<string, (params: any) => unknown>} methods
 * @param {{ id: number, method: string, params: any }} request
 */
async function answer(methods, { id, method, params }) {
  try {
    const called = methods[method];
    if (called === undefined) throw new Error(`unknown method ${method}: this script has ${Object.keys(methods).join(', ')}`);
    return { id, result: (await called(params)) ?? null };
  } catch (error) {
    const { message, code, stack } = /** @type {NodeJS.ErrnoException} */ (error);
    process.stderr.write(`${method}: ${stack}\n`);
    return { id, error: { message, code } };
  }
}
