// @ts-check
import { fork } from 'node:child_process';
import { once } from 'node:events';

/** A child process that answers one question at a time. */
export class Asked {
  /**
   * @param {URL} script
   * @param {readonly string[]} args
   * @param {AbortSignal} signal ends it
   * @param {readonly string[]} [flags] of node
   */
  constructor(script, args, signal, flags = []) {
    this.child = fork(script, [...args], { execArgv: [...flags] });
    this.signal = signal;
    signal.addEventListener('abort', () => this.child.kill(), { once: true });
  }

  /** The next thing it says; rejects when it ends instead. */
  async answer() {
    const done = new AbortController();
    const signal = AbortSignal.any([done.signal, this.signal]);
    try {
      const ended = once(this.child, 'exit', { signal }).then(([code]) => Promise.reject(new Error(`a process ended with ${code}`)));
      const [said] = await Promise.race([once(this.child, 'message', { signal }), ended]);
      return said;
    } finally {
      done.abort();
    }
  }

  /** @param {import("node:child_process").Serializable} question */
  ask(question) {
    this.child.send(question);
    return this.answer();
  }

  async end() {
    if (this.child.exitCode !== null) return;
    const gone = once(this.child, 'exit');
    this.child.kill();
    await gone;
  }
}
