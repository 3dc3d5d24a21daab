// @ts-check
// A node that keeps its identity and a count in a folder, and writes until it is killed. One JSON line for what it found, then one a value that is safe.
import { createNode, Tokens } from '@heddle/core';
import { fileStore } from '@heddle/core/node';
import { memoryStack } from '@heddle/testing';

const [directory = ''] = process.argv.slice(2);
const store = fileStore(directory);
const node = createNode({ state: store }, [memoryStack()]);
await node.start();
const { machineKey, nodeKey } = node.get(Tokens.Identity);
const hex = (/** @type {Uint8Array | undefined} */ key) => Buffer.from(key ?? []).toString('hex');
const found = Number(store.get('count') ?? 0);
console.log(JSON.stringify({ identity: hex(machineKey.publicKey) + hex(nodeKey?.publicKey), found }));
for (let count = found + 1; ; count++) {
  await store.set('count', String(count));
  console.log(JSON.stringify({ safe: count }));
}
