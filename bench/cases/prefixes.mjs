// @ts-check
import { chooseCrypto } from '@heddle/crypto';
import { addressesIn, PREFIXES, prefixList } from '../rigs/prefix-list.mjs';
import { PrefixNode } from '../rigs/prefix-node.mjs';
import { PrefixPeers } from '../rigs/prefix-peers.mjs';
import { PrefixTables } from '../rigs/prefix-tables.mjs';
import { sourceModule } from '../rigs/source-module.mjs';

/**
 * @typedef {{ set(address: Uint8Array, bits: number, value: number): void, remove(address: Uint8Array, bits: number): void,
 *   lookup(slab: Uint8Array, at: number): number }} Table
 * @typedef {new (addressBytes: 4) => Table} Kind
 */

/** Destinations that are talked to at the same time. */
const ADDRESSES = 4_096;
const { PrefixTrie } = /** @type {{ PrefixTrie: Kind }} */ (await sourceModule('packages/wireguard/src/prefix-trie.ts'));
const list = prefixList(PREFIXES);
const prefixes = [...list.values()];
/** Each has thirteen of them. */
const PEERS = 10_000;
/** @type {PrefixPeers | undefined} */
let engine;
/** @type {PrefixPeers | undefined} */
let single;
/** @type {Map<Kind, Table>} */
const built = new Map();

/** @param {Kind} kind */
function build(kind) {
  const table = new kind(4);
  prefixes.forEach(({ address, bits }, value) => {
    table.set(address, bits, value);
  });
  built.set(kind, table);
  return table;
}

/** @param {Kind} kind */
async function buildTime(kind) {
  const begin = performance.now();
  build(kind);
  return { value: performance.now() - begin };
}

/** @param {Kind} kind */
async function lookupTime(kind) {
  const table = built.get(kind) ?? build(kind);
  const slab = addressesIn(prefixes, ADDRESSES);
  const run = () => {
    let found = 0;
    for (let i = 0; i < ADDRESSES; i++) if (table.lookup(slab, 4 * i) >= 0) found++;
    if (found < ADDRESSES / 2) throw new Error('most addresses lie in a prefix');
  };
  return { value: (middleTime(run, 200) / ADDRESSES) * 1e6 };
}

/** @param {Kind} kind */
async function diffTime(kind) {
  const table = built.get(kind) ?? build(kind);
  let next = 0;
  const run = () => {
    next = (next + 7_919) % PREFIXES;
    const { address, bits } = /** @type {(typeof prefixes)[number]} */ (prefixes[next]);
    table.remove(address, bits);
    table.set(address, bits, next);
  };
  return { value: middleTime(run, 2_000) * 1e3 };
}

/**
 * Milliseconds of the median call.
 * @param {() => void} run
 * @param {number} times
 */
function middleTime(run, times) {
  const taken = Array.from({ length: times }, () => {
    const begin = performance.now();
    run();
    return performance.now() - begin;
  });
  return Number(taken.sort((a, b) => a - b)[times >> 1]);
}

async function engineBuildTime() {
  const crypto = chooseCrypto();
  const begin = performance.now();
  engine = new PrefixPeers(crypto, [...list.keys()], PEERS);
  return { value: performance.now() - begin };
}

async function engineDiffTime() {
  if (engine === undefined) await engineBuildTime();
  const of = /** @type {PrefixPeers} */ (engine);
  let turn = 0;
  const run = () => {
    turn += 1;
    of.set((turn >> 1) % PEERS, of.share - (turn % 2));
  };
  return { value: middleTime(run, 2_000) * 1e3 };
}

/** Of a peer that has all of them. */
async function onePeerDiffTime() {
  single ??= new PrefixPeers(chooseCrypto(), [...list.keys()], 1);
  const of = single;
  let turn = 0;
  const run = () => {
    turn += 1;
    of.patch(0, ((turn >> 1) * 7_919) % PREFIXES, turn % 2 === 1);
  };
  return { value: middleTime(run, 2_001) * 1e3 };
}

/** From the text to the engine: static control, netmap and all that follows it. */
async function uapiDiffTime() {
  // Loopback never leads to a peer: with one such prefix the node would have to leave it out again at each change.
  const all = [...list.keys()].filter((prefix) => !prefix.startsWith('127.'));
  const node = new PrefixNode(all);
  await node.start();
  let turn = 0;
  const run = () => {
    node.change(`${turn % 2 === 0 ? '-' : '+'}${all[((turn >> 1) * 7_919) % all.length]}`);
    turn += 1;
  };
  const value = middleTime(run, 100) * 1e3;
  await node.close();
  return { value };
}

/**
 * @param {string} name
 * @param {string} says
 * @param {string} unit
 * @param {(kind: Kind) => Promise<import('../run.mjs').Figure>} measure
 * @returns {import('../run.mjs').Case}
 */
function prefixCase(name, says, unit, measure) {
  return {
    name,
    says: `${PREFIXES} allowed prefixes, the trie against a hash table for each length: ${says}`,
    unit,
    better: 'lower',
    ours: () => measure(PrefixTrie),
    reference: () => measure(PrefixTables),
  };
}

/** @type {readonly import('../run.mjs').Case[]} */
export const cases = [
  prefixCase('prefixes', `look-up of ${ADDRESSES} addresses in turn, median; ours at most 200`, 'ns', lookupTime),
  prefixCase('prefixes-build', 'one after the other; ours at most 2000', 'ms', buildTime),
  prefixCase('prefixes-diff', 'one taken out and put in again, median; ours at most 1000', 'us', diffTime),
  {
    name: 'prefixes-engine-build',
    says: `${PREFIXES} allowed prefixes as texts of ${PEERS} peers, given to an engine, against the trie alone; ours at most 2000`,
    unit: 'ms',
    better: 'lower',
    ours: engineBuildTime,
    reference: () => buildTime(PrefixTrie),
  },
  {
    name: 'prefixes-engine-diff',
    says: 'one of them taken from its peer or given back, median, against the trie alone; ours at most 1000',
    unit: 'us',
    better: 'lower',
    ours: engineDiffTime,
    reference: () => diffTime(PrefixTrie),
  },
  {
    name: 'prefixes-one-peer-diff',
    says: 'one peer has all of them: one taken from it or given back by a patch, median, against the trie alone; ours at most 1000',
    unit: 'us',
    better: 'lower',
    ours: onePeerDiffTime,
    reference: () => diffTime(PrefixTrie),
  },
  {
    name: 'prefixes-uapi-diff',
    says: 'the same by UAPI text in a running node, lists of the netmap copied and compared, median, against the patch of the engine',
    unit: 'us',
    better: 'lower',
    ours: uapiDiffTime,
    reference: onePeerDiffTime,
  },
];
