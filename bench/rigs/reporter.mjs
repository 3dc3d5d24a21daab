// @ts-check
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

/** A program that reports in lines of JSON on its standard output. */
export class Reporter {
  /**
   * @param {string} path
   * @param {readonly string[]} args
   */
  constructor(path, args) {
    this.child = spawn(path, [...args], { stdio: ['ignore', 'pipe', 'inherit'] });
    this.lines = createInterface({ input: this.child.stdout })[Symbol.asyncIterator]();
  }

  /** The next thing it says; rejects when it ends instead. */
  async report() {
    const { value, done } = await this.lines.next();
    if (done) throw new Error(`${this.child.spawnfile} ended before it had reported`);
    return JSON.parse(value);
  }

  async end() {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const gone = once(this.child, 'exit');
    this.child.kill('SIGKILL');
    await gone;
  }
}
