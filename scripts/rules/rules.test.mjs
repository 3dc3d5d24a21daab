import assert from 'node:assert/strict';
import { test } from 'node:test';
import ts from 'typescript';
import { environmentUses } from './environment-rule.mjs';
import { GLOBALS, MEMBERS } from './environment-table.mjs';
import { judgeImport } from './import-rules.mjs';
import { importsOf } from './imports-of.mjs';

const PUBLISHED = new Set(
  ['core', 'core/node', 'crypto', 'wire', 'wireguard', 'testing', 'devnet', 'transport-udp'].map((name) => `@heddle/${name}`),
);
const EVERYTHING = [...PUBLISHED, 'rxjs', 'inversify', 'reflect-metadata', '@noble/hashes', '@stablelib/x25519'];

/**
 * @param {string} path
 * @param {string} specifier
 */
function bans(path, specifier) {
  const home = path.split('/').slice(0, 2).join('/');
  const names = EVERYTHING.map((name) => name.split('/').slice(0, 2).join('/'));
  const dependencies = Object.fromEntries([...EVERYTHING, ...names].map((name) => [name, '*']));
  const manifest = { name: home, version: '0.0.0', dependencies };
  return judgeImport(specifier, { path, home, manifest, published: PUBLISHED }).length > 0;
}

const FORBIDDEN = [
  ['packages/crypto/src/a.ts', '@heddle/wire'],
  ['packages/wire/src/a.ts', '@heddle/crypto'],
  ['packages/wireguard/src/a.ts', '@heddle/core'],
  ['packages/core/src/a.ts', '@heddle/transport-udp'],
  ['packages/control-static/src/a.ts', '@heddle/transport-udp'],
  ['packages/transport-udp/src/a.ts', '@heddle/wireguard'],
  ['packages/daemon/src/a.ts', '@heddle/testing'],
  ['packages/daemon/src/a.ts', '@heddle/devnet'],
  ['packages/transport-udp/src/a.ts', '@heddle/testing'],
  ['packages/wire/src/a.test.ts', '@heddle/testing'],
  ['packages/new-thing/src/a.ts', '@heddle/core'],
  ['packages/core/src/a.ts', '@heddle/crypto/noble'],
  ['packages/core/src/a.ts', '../../crypto/src/index.js'],
  ['examples/demo/main.mjs', '../../packages/core/src/index.js'],
  ['examples/demo/main.mjs', '@heddle/core/dist/index.js'],
  ['packages/core/src/data-plane/a.ts', 'inversify'],
  ['packages/transport-udp/src/a.ts', 'reflect-metadata'],
  ['packages/core/src/a.ts', '@noble/hashes/sha2.js'],
  ['packages/wireguard/src/a.ts', '@stablelib/x25519'],
  ['packages/wireguard/src/a.ts', 'rxjs'],
  ['packages/crypto/src/a.ts', 'rxjs'],
  ['packages/wire/src/a.ts', 'rxjs/operators'],
  ['packages/wire/src/a.ts', 'node:net'],
  ['packages/wireguard/src/a.ts', 'node:crypto'],
  ['packages/core/src/a.ts', 'node:fs'],
  ['packages/transport-udp/src/pure/a.ts', 'node:dgram'],
  ['packages/core/src/a.ts', 'left-pad'],
  ['packages/core/src/a.ts', 'vitest'],
];
const ALLOWED = [
  ['packages/core/src/a.ts', '@heddle/wireguard'],
  ['packages/core/src/composition/a.ts', 'inversify'],
  ['packages/core/src/node/a.ts', 'node:fs/promises'],
  ['packages/core/src/a.test.ts', '@heddle/testing'],
  ['packages/core/src/a.test.ts', 'node:os'],
  ['packages/crypto/src/a.ts', '@noble/hashes/sha2.js'],
  ['packages/control-static/src/a.ts', '@heddle/wireguard'],
  ['packages/transport-udp/src/a.ts', 'node:dgram'],
  ['packages/daemon/src/a.ts', '@heddle/transport-udp'],
  ['packages/simulation/src/a.ts', '@heddle/testing'],
  ['examples/demo/main.mjs', '@heddle/core/node'],
];

for (const [path = '', specifier = ''] of FORBIDDEN)
  test(`${path} may not import ${specifier}`, () => assert.equal(bans(path, specifier), true));
for (const [path = '', specifier = ''] of ALLOWED)
  test(`${path} may import ${specifier}`, () => assert.equal(bans(path, specifier), false));

test('a test may compare with a package that stands in devDependencies; a source may not', () => {
  const manifest = { name: '@heddle/crypto', version: '0.0.0', devDependencies: { '@heddle/wire': '*' } };
  const judge = (/** @type {string} */ path) =>
    judgeImport('@heddle/wire', { path, home: 'packages/crypto', manifest, published: PUBLISHED }).length;
  assert.equal(judge('packages/crypto/src/a.test.ts'), 0);
  assert.equal(judge('packages/crypto/src/a.ts'), 2);
});

test('every way to name a module is seen', () => {
  const text = `import 'a'; import b from 'b'; export { c } from 'c'; await import('d'); type E = import('e').E; require('f');`;
  const source = ts.createSourceFile('x.ts', text, ts.ScriptTarget.Latest, true);
  assert.deepEqual(
    importsOf(source).map(({ specifier }) => specifier),
    ['a', 'b', 'c', 'd', 'e', 'f'],
  );
});

/** @param {string} text */
const uses = (text) => environmentUses(['x.ts'], () => text).map(({ rule }) => rule.split(' ')[0]);

for (const name of [...GLOBALS.keys(), ...MEMBERS.keys()]) {
  test(`${name} is found as a call, by globalThis and as a value`, () => {
    assert.deepEqual(uses(`export const a = ${name}(1);`), [name]);
    assert.deepEqual(uses(`export const a = { b: ${name} };`), [name]);
  });
}
test('globals are found behind globalThis, in new, in shorthands and in optional calls', () => {
  assert.deepEqual(uses('globalThis.setTimeout(f, 1);'), ['setTimeout']);
  assert.deepEqual(uses('new Date();'), ['Date']);
  assert.deepEqual(uses('export const a = { crypto };'), ['crypto']);
  assert.deepEqual(uses('export const a = process?.env;'), ['process']);
  assert.deepEqual(uses('export const a = typeof setImmediate;'), ['setImmediate']);
});
test('what only has such a name is left alone', () => {
  assert.deepEqual(uses('export function f(crypto: Crypto) { return crypto.random(); }'), []);
  assert.deepEqual(uses("import { crypto } from './crypto.js'; crypto.x();"), []);
  assert.deepEqual(uses('export const f = (options: O) => options.random() + options.crypto.x + Math.max(1, 2);'), []);
  assert.deepEqual(uses('export class A { process(): void {} console = 1; run() { this.process(); } }'), []);
  assert.deepEqual(uses('export const f = ({ process: own }: P) => { const { performance } = own; return { performance }; };'), []);
  assert.deepEqual(uses('export type T = ReturnType<typeof setTimeout>; export const d = (x: Date): Date => x;'), []);
});
