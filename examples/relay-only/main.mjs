// @ts-check
// A direct path is there and answers; one of the two nodes sends by relay all the same, because its policy says so.
import { createNode, Tokens } from '@heddle/core';
import { disco, relayOnly } from '@heddle/path-disco';
import { MemoryControl, MemoryNetwork, memory, memoryControl, memoryStack } from '@heddle/testing';
import { hexOf, Relay, throughRelay } from './relay.mjs';

const [network, relay] = [new MemoryNetwork({ delay: 5 }), new Relay()];

/** @param {string} name @param {import('@heddle/path-disco').DiscoOptions} options */
function nodeOf(name, options = {}) {
  const control = new MemoryControl();
  const parts = [memoryControl(control), memory({ network, name }), throughRelay(relay), disco(options), memoryStack()];
  return { name, control, node: createNode({ hostname: name }, parts) };
}

/** @param {ReturnType<typeof nodeOf>} machine @param {string} address @returns {import('@heddle/core').Peer} */
function peerOf({ name, node }, address) {
  const { nodeKey, discoKey } = node.get(Tokens.Identity);
  if (nodeKey === undefined) throw new Error('it has no key');
  const keys = { nodeKey: nodeKey.publicKey, discoKey: discoKey.publicKey };
  const places = { endpoints: [`mem:${name}`], homeRelay: `relay:${hexOf(nodeKey.publicKey)}` };
  return { id: name, name, ...keys, ...places, addresses: [address], allowedIps: [`${address}/32`] };
}

const [shy, open] = [nodeOf('shy', { policy: relayOnly }), nodeOf('open')];
await Promise.all([shy.node.start(), open.node.start()]);
const [addressOfShy, addressOfOpen] = ['10.71.0.1', '10.71.0.2'];
shy.control.set({ self: { name: 'shy', addresses: [`${addressOfShy}/24`] }, peers: [peerOf(open, addressOfOpen)] });
open.control.set({ self: { name: 'open', addresses: [`${addressOfOpen}/24`] }, peers: [peerOf(shy, addressOfShy)] });

const pathOf = (/** @type {typeof shy} */ { node }) => node.status().peers[0]?.path?.split(':')[0];
for (let i = 0; i < 100 && pathOf(open) !== 'mem'; i++) {
  await new Promise((done) => setTimeout(done, 50));
  await shy.node.ping(addressOfOpen, { signal: AbortSignal.timeout(10_000) });
}
for (const machine of [shy, open])
  console.log(`${machine.name} sends by ${pathOf(machine)}: ${machine.node.status().peers[0]?.pathReason}`);
const kept = pathOf(shy) === 'relay' && pathOf(open) === 'mem';
await Promise.all([shy.node.close(), open.node.close()]);
process.exitCode = kept ? 0 : 1;
