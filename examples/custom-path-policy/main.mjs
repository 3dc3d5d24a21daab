// @ts-check
// Two nodes with two networks between them: a slow one that is free, and a fast one that is metered.
import { createNode, Tokens } from '@heddle/core';
import { disco } from '@heddle/path-disco';
import { MemoryControl, MemoryNetwork, memory, memoryControl, memoryStack } from '@heddle/testing';
import { saveMoney } from './save-money.mjs';

const networks = { wifi: new MemoryNetwork({ delay: 20 }), lte: new MemoryNetwork({ delay: 5 }) };
const wifi = memory({ network: networks.wifi, name: 'ann', scheme: 'wifi' });

/** @param {string} name @param {import('@heddle/core').Plugin[]} binds @param {import('@heddle/path-disco').DiscoOptions} options */
function nodeOf(name, binds, options = {}) {
  const control = new MemoryControl();
  return { name, control, node: createNode({ hostname: name }, [memoryControl(control), ...binds, disco(options), memoryStack()]) };
}

/** @param {ReturnType<typeof nodeOf>} machine @param {string} address @returns {import('@heddle/core').Peer} */
function peerOf({ name, node }, address) {
  const { nodeKey, discoKey } = node.get(Tokens.Identity);
  if (nodeKey === undefined) throw new Error('it has no key');
  const keys = { nodeKey: nodeKey.publicKey, discoKey: discoKey.publicKey };
  return { id: name, name, ...keys, addresses: [address], allowedIps: [`${address}/32`], endpoints: [`lte:${name}`, `wifi:${name}`] };
}

const lteOf = (/** @type {string} */ name) => memory({ network: networks.lte, name, scheme: 'lte' });
const ann = nodeOf('ann', [wifi, lteOf('ann')], { policy: saveMoney({ metered: 'lte', bearable: 200 }) });
const bob = nodeOf('bob', [memory({ network: networks.wifi, name: 'bob', scheme: 'wifi' }), lteOf('bob')]);

await Promise.all([ann.node.start(), bob.node.start()]);
const [addressOfAnn, addressOfBob] = ['10.70.0.1', '10.70.0.2'];
ann.control.set({ self: { name: 'ann', addresses: [`${addressOfAnn}/24`] }, peers: [peerOf(bob, addressOfBob)] });
bob.control.set({ self: { name: 'bob', addresses: [`${addressOfBob}/24`] }, peers: [peerOf(ann, addressOfAnn)] });

const pause = () => new Promise((done) => setTimeout(done, 50));

/** Packets flow until this is the path. @param {string} scheme */
async function until(scheme) {
  for (let i = 0; i < 100; i++) {
    await pause();
    await ann.node.ping(addressOfBob, { signal: AbortSignal.timeout(10_000) });
    const [peer] = ann.node.status().peers;
    if (peer?.path?.startsWith(scheme)) return console.log(`${scheme}: ${peer.pathReason}`);
  }
  throw new Error(`the path never became ${scheme}`);
}

await until('wifi');
console.log('the free network goes away');
await ann.node.remove(wifi);
await until('lte');
console.log('it is back');
await ann.node.add(wifi);
await until('wifi');
await Promise.all([ann.node.close(), bob.node.close()]);
