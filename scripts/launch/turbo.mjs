import { node } from './run.mjs';

const TURBO = 'node_modules/turbo/bin/turbo';
/** Nothing of this build reports anything to anybody. */
const QUIET = { TURBO_TELEMETRY_DISABLED: '1', DO_NOT_TRACK: '1', TURBO_NO_UPDATE_NOTIFIER: '1', TURBO_PRINT_VERSION_DISABLED: '1' };
const ALWAYS = ['--cache=local:rw', '--ui=stream', '--concurrency=2', '--log-order=grouped'];

/**
 * Runs a task in all packages that need it; what has not changed comes from the local cache.
 * @param {string} task
 * @param {readonly string[]} args
 */
export function turbo(task, args) {
  const cache = args.includes('--force') ? ALWAYS.slice(1) : ALWAYS;
  return node(TURBO, ['run', task, ...cache, ...args], { env: QUIET });
}

/**
 * The same as a command, for who wants to read what it prints.
 * @param {string} task
 * @param {readonly string[]} args
 */
export function turboCommand(task, args) {
  return { program: process.execPath, args: [TURBO, 'run', task, ...args], env: QUIET };
}
