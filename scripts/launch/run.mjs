import { spawn } from 'node:child_process';
import { ROOT } from '../workspace.mjs';

/**
 * Runs a program with the terminal as its own and gives its exit code.
 * @param {string} program
 * @param {readonly string[]} args
 * @param {Record<string, string>} [env] added to ours
 * @returns {Promise<number>}
 */
export function run(program, args, env = {}) {
  const child = spawn(program, args, { cwd: ROOT, stdio: 'inherit', env: { ...process.env, ...env } });
  const passOn = (/** @type {NodeJS.Signals} */ signal) => child.kill(signal);
  process.once('SIGTERM', passOn);
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => {
      process.off('SIGTERM', passOn);
      resolve(code ?? 1);
    });
  });
}

/**
 * Runs a script of ours, or any other, with this Node.
 * @param {string} script
 * @param {readonly string[]} [args]
 * @param {Record<string, string>} [env]
 */
export function node(script, args = [], env = {}) {
  return run(process.execPath, [script, ...args], env);
}
