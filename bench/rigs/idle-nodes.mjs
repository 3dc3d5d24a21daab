// @ts-check
// What one more node costs: node --expose-gc idle-nodes.mjs SETTINGS. Prints the memory of the process at both numbers of nodes.
import { setTimeout as later } from 'node:timers/promises';
import { staticControl } from '@heddle/control-static';
import { createNode } from '@heddle/core';
import { chooseCrypto } from '@heddle/crypto';
import { udp } from '@heddle/transport-udp';
import { BatchStack } from './batch-stack.mjs';

/** @type {{ peers: number, from: number, to: number }} */
const { peers, from, to } = JSON.parse(String(process.argv[2]));
const crypto = chooseCrypto();
const stacks = new Map();
/** @type {import('@heddle/core').HeddleNode[]} */
const nodes = [];

process.send?.('ready');
await addUntil(from);
const before = await settled();
await addUntil(to);
const after = await settled();
process.send?.({ rss: after.rss - before.rss, heap: after.heapUsed - before.heapUsed, nodes: to - from });
process.exit();

/** @param {number} count */
async function addUntil(count) {
  while (nodes.length < count) {
    const node = make(nodes.length);
    nodes.push(node);
    await node.start();
  }
}

/** @param {number} number */
function make(number) {
  const stack = new BatchStack(1, 64);
  stacks.set(number, stack);
  return createNode({ hostname: `n${number}`, crypto }, [
    staticControl({
      privateKey: keyText(number, 0),
      addresses: ['10.0.0.1/32'],
      peers: Array.from({ length: peers }, (_, i) => peerOf(number, i)),
    }),
    udp({ watchInterval: 0 }),
    stack.plugin(),
  ]);
}

/**
 * @param {number} number
 * @param {number} index
 */
function peerOf(number, index) {
  return {
    publicKey: keyText(number, index + 1),
    name: `peer-${index}`,
    allowedIps: [`10.1.${index}.1/32`, `fd00::${index + 1}/128`],
    endpoint: `192.0.2.1:${10_000 + index}`,
  };
}

/**
 * A key nobody has twice, in hexadecimal.
 * @param {number} number
 * @param {number} index
 */
function keyText(number, index) {
  const key = Buffer.alloc(32, 0x40);
  key.writeUInt32LE(number, 4);
  key.writeUInt32LE(index, 8);
  return key.toString('hex');
}

/** After several collections, when what can go has gone. */
async function settled() {
  for (let i = 0; i < 5; i++) {
    gc?.();
    await later(50);
  }
  return process.memoryUsage();
}
