// @ts-check
// Debian's servers, each started for one row in a host of the lab, with its data in a folder that goes with the row.
import { chown, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * @typedef {import('../lib/lab.mjs').Lab} Lab
 * @typedef {import('../lib/namespace.mjs').Namespace} Namespace
 */

const VERSIONS = '/usr/lib/postgresql';
/** It refuses to run as root. Who becomes another user forgets whose death to follow, so that is said again. */
const AS_POSTGRES = 'setpriv --reuid postgres --regid postgres --clear-groups --pdeathsig KILL'.split(' ');
const INIT = '-A trust -U postgres --locale=C -E UTF8 --no-sync --no-instructions'.split(' ');

/** @param {Lab} lab @param {Namespace} host */
export async function redis(lab, host) {
  const flags = ['--bind', '0.0.0.0', '--protected-mode', 'no', '--save', '', '--dir', lab.folder];
  const running = await host.start('redis', ['redis-server', ...flags]);
  await running.says(lab, 'Ready to accept connections');
  return { port: 6379 };
}

/** @param {Lab} lab @param {Namespace} host */
export async function mosquitto(lab, host) {
  const config = lab.path('mosquitto.conf');
  await writeFile(config, 'listener 1883 0.0.0.0\nallow_anonymous true\npersistence false\nuser root\nlog_dest stderr\n');
  const running = await host.start('mosquitto', ['mosquitto', '-c', config, '-v']);
  await running.says(lab, /mosquitto version .* running/);
  return { port: 1883 };
}

/** @param {Lab} lab @param {Namespace} host */
export async function postgres(lab, host) {
  const version = (await readdir(VERSIONS).catch(() => [])).sort((a, b) => Number(a) - Number(b)).at(-1);
  if (version === undefined) throw new Error('no PostgreSQL: apt-get install -y $(cat lab/apt-packages.txt)');
  const program = (/** @type {string} */ name) => [...AS_POSTGRES, join(VERSIONS, version, 'bin', name)];
  const folder = await mkdtemp(join(tmpdir(), 'heddle-lab-pg-'));
  lab.defer(() => rm(folder, { recursive: true, force: true }));
  const [uid, gid] = (await host.exec(['sh', '-c', 'id -u postgres; id -g postgres'])).split('\n').map(Number);
  await chown(folder, uid ?? 0, gid ?? 0);
  const data = join(folder, 'data');
  await host.exec([...program('initdb'), '-D', data, ...INIT]);
  await writeFile(join(data, 'pg_hba.conf'), 'host all all 0.0.0.0/0 trust\n');
  const running = await host.start('postgres', [...program('postgres'), '-D', data, '-h', '0.0.0.0', '-k', folder, '-F']);
  await running.says(lab, 'ready to accept connections');
  return { port: 5432 };
}
