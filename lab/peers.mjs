// @ts-check
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { command } from './lib/command.mjs';

const MODULE = fileURLToPath(new URL('../interop/', import.meta.url));
const CACHE = join(MODULE, '.cache');
const BUILD_LIMIT = 15 * 60_000;

/** What `go build` makes of the module in interop/: name of the program, and its package. */
const PACKAGES = /** @type {const} */ ({
  codec: './codec',
  control: './control',
  derper: 'tailscale.com/cmd/derper',
  echo: './echo',
  filter: './filter',
  flood: './flood',
  tailscale: 'tailscale.com/cmd/tailscale',
  tailscaled: 'tailscale.com/cmd/tailscaled',
  tsnet: './tsnet',
  'untuned-go': './untuned-go',
  wire: './wire',
  wireguard: 'golang.zx2c4.com/wireguard',
});

/** @typedef {keyof typeof PACKAGES} Program */

/** What only a benchmark speaks to is built when it is asked for, and not for every run of the lab. */
const ON_DEMAND = /** @type {ReadonlySet<Program>} */ (new Set(['tsnet']));

/**
 * Parts of tailscaled that no row speaks to; without them and what they bring along, a build from nothing takes half the time.
 * Without logtail there is also nothing that could be uploaded.
 */
const LEFT_OUT = [
  'aws',
  'bird',
  'captiveportal',
  'clientupdate',
  'cloud',
  'completion',
  'completion_scripts',
  'dbus',
  'desktop_sessions',
  'drive',
  'flashappliance',
  'identityfederation',
  'kube',
  'logtail',
  'netlog',
  'networkmanager',
  'oauthkey',
  'posture',
  'qrcodes',
  'resolved',
  'sdnotify',
  'ssh',
  'synology',
  'syslog',
  'systray',
  'tap',
  'tpm',
  'wakeonlan',
  'webbrowser',
  'webclient',
];
const FLAGS = ['-trimpath', '-ldflags=-s -w', '-tags', LEFT_OUT.map((part) => `ts_omit_${part}`).join(',')];

/**
 * The path of a program of interop/, built now if its sources have changed since the last time.
 * @param {Program} name
 * @returns {Promise<string>}
 */
export async function program(name) {
  const path = await pathOf(name);
  if (!existsSync(path)) await build([name]);
  return path;
}

/** Builds every program of the lab, so that no row pays for it; what they share is compiled once. */
export async function buildAll() {
  /** @type {Program[]} */
  const missing = [];
  for (const name of /** @type {Program[]} */ (Object.keys(PACKAGES)))
    if (!ON_DEMAND.has(name) && !existsSync(await pathOf(name))) missing.push(name);
  if (missing.length > 0) await build(missing);
}

/** @param {readonly Program[]} names */
async function build(names) {
  await mkdir(CACHE, { recursive: true });
  const folder = await mkdtemp(join(CACHE, 'partial-'));
  const env = { ...process.env, GOTOOLCHAIN: 'local', CGO_ENABLED: '0' };
  const packages = names.map((name) => PACKAGES[name]);
  try {
    await command(['go', 'build', '-C', MODULE, ...FLAGS, '-o', `${folder}/`, ...packages], { env, deadline: BUILD_LIMIT });
    for (const name of names) await moveTo(await pathOf(name), join(folder, name));
  } finally {
    await rm(folder, { recursive: true });
  }
}

/**
 * Two runs at once each see all of a program or nothing.
 * @param {string} path
 * @param {string} built
 */
async function moveTo(path, built) {
  await mkdir(dirname(path), { recursive: true });
  await rename(built, path);
}

/** @param {Program} name */
async function pathOf(name) {
  return join(CACHE, await fingerprint(PACKAGES[name]), name);
}

/**
 * What a program depends on: the pinned modules and how they are built, and for one of ours its own sources.
 * @param {string} what
 */
async function fingerprint(what) {
  const hash = createHash('sha256').update(FLAGS.join(' '));
  for (const name of ['go.mod', 'go.sum', ...(await sources(what))]) hash.update(name).update(await readFile(join(MODULE, name)));
  return hash.digest('hex').slice(0, 16);
}

/** @param {string} what */
async function sources(what) {
  if (!what.startsWith('./')) return [];
  const names = await readdir(join(MODULE, what));
  return names
    .filter((name) => name.endsWith('.go'))
    .sort()
    .map((name) => join(what, name));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await buildAll();
