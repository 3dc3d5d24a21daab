import { spawn } from 'node:child_process';
import { ROOT } from '../workspace.mjs';

/**
 * Runs a program with the terminal as its own and gives its exit code.
 * @param {string} program
 * @param {readonly string[]} args
 * @param {{ env?: Record<string, string>, seconds?: number, cwd?: string }} [options] `env` is added to ours;
 *   after `seconds` the program is killed with all that it has started, also where it spins and hears nothing
 * @returns {Promise<number>}
 */
export function run(program, args, { env = {}, seconds, cwd = ROOT } = {}) {
  const bounded = seconds !== undefined;
  const child = spawn(program, args, { cwd, stdio: 'inherit', env: { ...process.env, ...env }, detached: bounded });
  const kill = (/** @type {NodeJS.Signals} */ signal) => process.kill(bounded ? -Number(child.pid) : Number(child.pid), signal);
  const timer = bounded ? setTimeout(() => overdue(seconds, kill), seconds * 1_000) : undefined;
  const signals = /** @type {const} */ (bounded ? ['SIGINT', 'SIGTERM', 'SIGHUP'] : ['SIGTERM']);
  for (const signal of signals) process.once(signal, kill);
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => {
      clearTimeout(timer);
      for (const signal of signals) process.off(signal, kill);
      resolve(code ?? 1);
    });
  });
}

/**
 * Runs a script, ours or another's, with this Node.
 * @param {string} script
 * @param {readonly string[]} [args]
 * @param {{ env?: Record<string, string>, seconds?: number, cwd?: string }} [options]
 */
export function node(script, args = [], options = {}) {
  return run(process.execPath, [script, ...args], options);
}

/**
 * @param {number} seconds
 * @param {(signal: NodeJS.Signals) => void} kill
 */
function overdue(seconds, kill) {
  console.error(`stopped: not done after ${seconds} s`);
  kill('SIGKILL');
}
