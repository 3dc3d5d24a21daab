// @ts-check
import { createNode, Tokens } from '@heddle/core';
import { MemoryControl, MemoryNetwork, memory, memoryControl, memoryStack } from '@heddle/testing';

/** Two nodes in memory that know each other. */
export async function twoMachines() {
  const network = new MemoryNetwork({ delay: 1 });
  const [ann, bob] = [machine(network, 'ann', '10.72.0.1'), machine(network, 'bob', '10.72.0.2')];
  await Promise.all([ann.node.start(), bob.node.start()]);
  introduce(ann, bob);
  introduce(bob, ann);
  return { ann, bob };
}

/** @param {MemoryNetwork} network @param {string} name @param {string} address */
function machine(network, name, address) {
  const control = new MemoryControl();
  const node = createNode({ hostname: name }, [memoryControl(control), memory({ network, name }), memoryStack()]);
  return { name, address, control, node };
}

/** @param {ReturnType<typeof machine>} one @param {ReturnType<typeof machine>} other */
function introduce(one, { name, address, node }) {
  const nodeKey = node.get(Tokens.Identity).nodeKey?.publicKey;
  if (nodeKey === undefined) throw new Error(`${name} has no key`);
  const peer = { id: name, name, nodeKey, addresses: [address], allowedIps: [`${address}/32`], endpoints: [`mem:${name}`] };
  one.control.set({ self: { name: one.name, addresses: [`${one.address}/24`] }, peers: [peer] });
}
