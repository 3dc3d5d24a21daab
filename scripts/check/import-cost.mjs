import { spawnSync } from 'node:child_process';

/** Milliseconds of processor time above a bare start of Node; a busy machine stretches the other kind. */
const MOST = 150;
const ROUNDS = 7;

/**
 * Measures what it costs to load a package, in rounds that alternate with a bare Node, and says when it is too much.
 * @param {string} project where it is installed
 * @param {string} name
 * @returns {string[]}
 */
export function importCost(project, name) {
  const bare = [];
  const loaded = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    bare.push(milliseconds(project, ''));
    loaded.push(milliseconds(project, `import '${name}'`));
  }
  const cost = Math.round(Math.min(...loaded) - Math.min(...bare));
  console.log(`import '${name}' costs ${cost} ms`);
  return cost <= MOST ? [] : [`import '${name}' costs ${cost} ms, and ${MOST} is the most`];
}

/**
 * @param {string} cwd
 * @param {string} code
 */
function milliseconds(cwd, code) {
  const report = 'const { user, system } = process.cpuUsage(); process.stdout.write(String((user + system) / 1_000));';
  return Number(spawnSync(process.execPath, ['--input-type=module', '--eval', `${code}; ${report}`], { cwd, encoding: 'utf8' }).stdout);
}
