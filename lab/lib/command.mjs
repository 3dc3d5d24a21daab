// @ts-check
import { spawn } from 'node:child_process';

/**
 * @typedef {object} CommandOptions
 * @property {AbortSignal} [signal] ends the command early
 * @property {number} [deadline] milliseconds after which it is ended; 20 s by default
 * @property {string} [input] what it reads
 * @property {readonly number[]} [accept] exit codes that are no failure; 0 by default
 * @property {NodeJS.ProcessEnv} [env]
 */

/**
 * Runs a program to its end and returns what it printed; fails with its error output, and never waits longer than the deadline.
 * @param {readonly string[]} argv
 * @param {CommandOptions} [options]
 * @returns {Promise<string>}
 */
export async function command(argv, options = {}) {
  const [program = '', ...args] = argv;
  const limit = AbortSignal.timeout(Math.ceil(options.deadline ?? 20_000));
  const signal = options.signal === undefined ? limit : AbortSignal.any([options.signal, limit]);
  const child = spawn(program, args, { signal, killSignal: 'SIGKILL', env: options.env ?? process.env });
  child.stdin.on('error', () => {}); // a program that does not read its input is no failure
  child.stdin.end(options.input ?? '');
  const [code, out, err] = await Promise.all([ended(child, argv, options), text(child.stdout), text(child.stderr)]);
  if (!(options.accept ?? [0]).includes(code)) throw new Error(`${argv.join(' ')} ended with ${code}: ${(err || out).trim()}`);
  return out;
}

/**
 * @param {import('node:child_process').ChildProcess} child
 * @param {readonly string[]} argv
 * @param {CommandOptions} options
 * @returns {Promise<number>}
 */
function ended(child, argv, options) {
  return new Promise((resolve, reject) => {
    child.once('error', (error) => {
      const late = error.name === 'AbortError' && !options.signal?.aborted;
      reject(late ? new Error(`${argv.join(' ')} did not end within ${options.deadline ?? 20_000} ms`) : error);
    });
    child.once('close', (code) => resolve(code ?? -1));
  });
}

/** @param {import('node:stream').Readable} stream */
async function text(stream) {
  /** @type {Buffer[]} */
  const parts = [];
  for await (const part of stream) parts.push(part);
  return Buffer.concat(parts).toString();
}
