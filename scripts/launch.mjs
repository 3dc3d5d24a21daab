#!/usr/bin/env node
// Runs a task of the workspace on whatever state the clone is in: installs and builds only what is missing or stale.
import { oldNode } from './launch/node-version.mjs';

const [task = '', ...args] = process.argv.slice(2);
process.exitCode = await main();

async function main() {
  const refusal = oldNode(process.versions.node);
  if (refusal !== undefined) return refuse(refusal);
  const { tasks } = await import('./launch/tasks.mjs');
  const run = tasks[task];
  if (run === undefined) return refuse(`No task is called "${task}". There are: ${Object.keys(tasks).join(', ')}.`);
  const { install } = await import('./launch/install.mjs');
  return (await install()) ? run(args) : 1;
}

/** @param {string} why */
function refuse(why) {
  console.error(why);
  return 1;
}
