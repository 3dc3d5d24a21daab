// @ts-check
import { spawn } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { until } from './wait.mjs';

/** How long a process has between being asked to end and being ended. */
const PATIENCE = 2_000;

/**
 * @typedef {object} ProcessOptions
 * @property {string} name of the process and of its log; unique in a row
 * @property {string | undefined} [namespace]
 * @property {NodeJS.ProcessEnv} [env] added to ours
 * @property {boolean} [talks] its standard input and output belong to the caller, and only its errors go to the log
 */

/**
 * Starts a program that keeps running; it ends with the row at the latest, and with the runner even when that is killed.
 * @param {import('./lab.mjs').Lab} lab
 * @param {readonly string[]} argv
 * @param {ProcessOptions} options
 * @returns {Promise<Process>}
 */
export async function start(lab, argv, { name, namespace, env = {}, talks = false }) {
  lab.signal.throwIfAborted();
  const enter = namespace === undefined ? [] : ['ip', 'netns', 'exec', namespace];
  // Each of the wrappers execs the next, so that the PID is the program's own.
  const [program = '', ...args] = [...enter, 'setpriv', '--pdeathsig', 'KILL', '--', ...argv];
  const output = talks ? 'pipe' : ['ignore', 'pipe', 'pipe'];
  const child = spawn(program, args, { stdio: /** @type {any} */ (output), env: { ...process.env, ...env } });
  const logPath = lab.path(`${name}.log`);
  const log = createWriteStream(logPath);
  if (!talks) child.stdout?.pipe(log, { end: false });
  child.stderr?.pipe(log, { end: false });
  child.once('close', () => log.end());
  await new Promise((resolve, reject) => child.once('spawn', resolve).once('error', reject));
  const running = new Process(name, child, logPath);
  lab.defer(() => running.stop());
  return running;
}

/** One program that runs in the background of a row. */
export class Process {
  /** @type {Promise<void>} */
  #ended;

  /**
   * @param {string} name
   * @param {import('node:child_process').ChildProcess} child
   * @param {string} logPath
   */
  constructor(name, child, logPath) {
    this.name = name;
    this.child = child;
    this.logPath = logPath;
    this.#ended = new Promise((resolve) => child.once('close', () => resolve()));
  }

  get running() {
    return this.child.exitCode === null && this.child.signalCode === null;
  }

  /** What it has printed so far. */
  log() {
    return readFile(this.logPath, 'utf8').catch(() => '');
  }

  /**
   * Waits for a line in the log; fails at once when the process has ended.
   * @param {import('./lab.mjs').Lab} lab
   * @param {string | RegExp} pattern
   * @param {{ deadline?: number }} [options]
   */
  async says(lab, pattern, options) {
    const expression = new RegExp(pattern);
    await until(
      lab,
      `${this.name} says ${pattern}`,
      async () => {
        if (expression.test(await this.log())) return true;
        if (!this.running) throw new Error(`${this.name} has ended:\n${await this.log()}`);
        return false;
      },
      options,
    );
  }

  /** Ends exactly this process: first by asking, after two seconds by force. Safe to call twice. */
  async stop() {
    if (!this.running) return this.#ended;
    this.child.kill('SIGTERM');
    const force = setTimeout(() => this.child.kill('SIGKILL'), PATIENCE);
    await this.#ended;
    clearTimeout(force);
  }

  /** Ends it with no chance to say goodbye, as a crash would. */
  async kill() {
    if (this.running) this.child.kill('SIGKILL');
    await this.#ended;
  }

  /** User and system time that it has used, in microseconds. */
  async cpu() {
    const stat = await readFile(`/proc/${this.child.pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return (Number(fields[11]) + Number(fields[12])) * 10_000; // proc(5): utime and stime, in ticks of 10 ms
  }
}

/**
 * Whether a process of that number is there, ours or not.
 * @param {number} pid
 */
export function isRunning(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
