import { node, run } from './run.mjs';

/**
 * Runs the npm that started us, or the one on the path.
 * @param {readonly string[]} args
 * @param {{ cwd?: string }} [options]
 */
export function npm(args, options) {
  const own = process.env.npm_execpath;
  return own?.endsWith('npm-cli.js') ? node(own, args, options) : run('npm', args, options);
}
