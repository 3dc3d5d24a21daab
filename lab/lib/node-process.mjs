// @ts-check
import { fileURLToPath } from 'node:url';
import { JsonLines } from './json-lines.mjs';

/**
 * Runs a script of lab/nodes/ inside a host and returns its control channel once it has said `ready`.
 * @param {import('./namespace.mjs').Namespace} host
 * @param {string} script a file name in lab/nodes
 * @param {{ name?: string, env?: NodeJS.ProcessEnv, flags?: readonly string[] }} [options] flags of Node itself
 */
export async function nodeProcess(host, script, { name = 'node', env = {}, flags = [] } = {}) {
  const path = fileURLToPath(new URL(`../nodes/${script}`, import.meta.url));
  const running = await host.start(name, [process.execPath, ...flags, path], { env, talks: true });
  const { stdin, stdout } = running.child;
  if (stdin === null || stdout === null) throw new Error(`${name} has no pipes`);
  const channel = new JsonLines(`${host.role}-${name}`, stdin, stdout);
  try {
    await channel.event('ready');
  } catch {
    throw new Error(`${script} ended before it was ready:\n${await running.log()}`);
  }
  return { process: running, channel };
}
