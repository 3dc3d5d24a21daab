import { join } from 'node:path';
import { filesBelow } from '../files.mjs';
import { readJson } from '../workspace.mjs';

/** Everything that `npm install @heddle/core` brings. A new line here is a decision: say in the change why. */
const CLOSURE = [
  '@heddle/core',
  '@heddle/crypto',
  '@heddle/wire',
  '@heddle/wireguard',
  '@noble/ciphers',
  '@noble/curves',
  '@noble/hashes',
  '@stablelib/binary',
  '@stablelib/bytes',
  '@stablelib/int',
  '@stablelib/keyagreement',
  '@stablelib/random',
  '@stablelib/wipe',
  '@stablelib/x25519',
  'rxjs',
  'tslib',
];
const NATIVE = /\.node$|(^|\/)binding\.gyp$/;
const INSTALL_SCRIPTS = ['preinstall', 'install', 'postinstall'];

/**
 * Compares what a package brings with the list, and looks for native code in it.
 * @param {string} project where it is installed
 * @param {string} name
 * @returns {string[]}
 */
export function closureProblems(project, name) {
  const found = [...closureOf(project, name)].sort();
  return [
    ...found.filter((it) => !CLOSURE.includes(it)).map((it) => `${name} brings ${it}, which is not in the list`),
    ...CLOSURE.filter((it) => !found.includes(it)).map((it) => `${name} no longer brings ${it}: take it off the list`),
    ...found
      .filter((it) => isNative(join(project, 'node_modules', it)))
      .map((it) => `${name} brings ${it}, which has native code or runs at install`),
  ];
}

/**
 * @param {string} project
 * @param {string} name
 */
function closureOf(project, name) {
  const closure = new Set([name]);
  for (const next of closure) {
    const { dependencies = {}, optionalDependencies = {} } = readJson(join(project, 'node_modules', next, 'package.json'));
    for (const wanted of Object.keys({ ...dependencies, ...optionalDependencies })) closure.add(wanted);
  }
  return closure;
}

/** @param {string} folder */
function isNative(folder) {
  const { scripts = {} } = readJson(join(folder, 'package.json'));
  return INSTALL_SCRIPTS.some((name) => name in scripts) || filesBelow(folder).some((path) => NATIVE.test(path));
}
