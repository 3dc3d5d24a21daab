// @ts-check
import { createNode } from '@heddle/core';
import { Metrics, metrics } from '@heddle/metrics';
import { MemoryControl, MemoryNetwork, memory, memoryControl } from '@heddle/testing';

/**
 * A node that knows so many peers, with metrics.
 * @param {number} peers
 */
export async function crowdedNode(peers) {
  const control = new MemoryControl();
  const node = createNode({ hostname: 'crowd', limits: { peers } }, [
    memoryControl(control),
    memory({ network: new MemoryNetwork(), name: 'crowd' }),
    metrics({ eachPeer: true }),
  ]);
  await node.start();
  control.set({ self: { name: 'crowd', addresses: ['10.0.0.1/8'] }, peers: Array.from({ length: peers }, (_, i) => peerOf(i + 2)) });
  return { node, metrics: node.get(Metrics) };
}

/** @param {number} n @returns {import('@heddle/core').Peer} */
function peerOf(n) {
  const nodeKey = new Uint8Array(32).fill(7);
  new DataView(nodeKey.buffer).setUint32(0, n);
  const address = `10.${n >> 16}.${(n >> 8) & 255}.${n & 255}`;
  return { id: `n${n}`, name: `host-${n}`, nodeKey, addresses: [address], allowedIps: [`${address}/32`], endpoints: [`mem:host-${n}`] };
}
