// @ts-check
import { readdir } from 'node:fs/promises';
import { command } from './command.mjs';
import { isRunning, start } from './process.mjs';

const PREFIX = 'hl-';

/**
 * Makes a network namespace with its loopback up; it vanishes with the row.
 * @param {import('./lab.mjs').Lab} lab
 * @param {string} role a short word: a, b, nat
 * @returns {Promise<Namespace>}
 */
export async function namespace(lab, role) {
  const name = `${PREFIX}${process.pid}-${role}`;
  // Registered first: the row may be stopped while the namespace is made, and then there may be none.
  lab.defer(() => command(['ip', 'netns', 'del', name], { accept: [0, 1] }));
  await command(['ip', 'netns', 'add', name], { signal: lab.signal });
  const host = new Namespace(lab, name, role);
  await host.ip('link', 'set', 'lo', 'up');
  // Answers to a stranger's traffic are part of what rows look at: no limit on the ICMP errors of a lab host.
  await host.exec(['sysctl', '-qw', 'net.ipv4.icmp_ratelimit=0']);
  return host;
}

/** A host of the lab. */
export class Namespace {
  /**
   * @param {import('./lab.mjs').Lab} lab
   * @param {string} name
   * @param {string} role
   */
  constructor(lab, name, role) {
    this.lab = lab;
    this.name = name;
    this.role = role;
  }

  /**
   * Runs a program inside to its end and returns what it printed.
   * @param {readonly string[]} argv
   * @param {import('./command.mjs').CommandOptions} [options]
   */
  exec(argv, options) {
    return command(['ip', 'netns', 'exec', this.name, ...argv], { signal: this.lab.signal, ...options });
  }

  /**
   * Runs `ip` on this namespace.
   * @param {...string} args
   */
  ip(...args) {
    return command(['ip', '-n', this.name, ...args], { signal: this.lab.signal });
  }

  /**
   * Loads nft rules, written as in a file.
   * @param {string} rules
   */
  nft(rules) {
    return this.exec(['nft', '-f', '-'], { input: rules });
  }

  /**
   * Starts a program inside that keeps running.
   * @param {string} name of its log
   * @param {readonly string[]} argv
   * @param {{ env?: NodeJS.ProcessEnv, talks?: boolean }} [options]
   */
  start(name, argv, options = {}) {
    return start(this.lab, argv, { name: `${this.role}-${name}`, namespace: this.name, ...options });
  }
}

/** Removes namespaces of runs that were killed before they could clean up. */
export async function removeDeadNamespaces() {
  const names = await readdir('/run/netns').catch(() => []);
  for (const name of names) {
    const owner = new RegExp(`^${PREFIX}(\\d+)-`).exec(name)?.[1];
    if (owner !== undefined && !isRunning(Number(owner))) await command(['ip', 'netns', 'del', name]);
  }
}
