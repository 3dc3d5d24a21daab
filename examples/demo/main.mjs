// @ts-check
// What Heddle does, in half a minute: the same node twice over memory, then over real UDP.
import { generateKeyPairSync } from 'node:crypto';
import { staticControl } from '@heddle/control-static';
import { createNode } from '@heddle/core';
import { MemoryNetwork, memory, memoryStack } from '@heddle/testing';
import { udp } from '@heddle/transport-udp';

/** A key pair as WireGuard texts write it. */
function newKeys() {
  const { d = '', x = '' } = generateKeyPairSync('x25519').privateKey.export({ format: 'jwk' });
  const base64 = (/** @type {string} */ text) => Buffer.from(text, 'base64url').toString('base64');
  return { privateKey: base64(d), publicKey: base64(x) };
}

/**
 * Two nodes that know each other; only what carries their datagrams differs from run to run.
 * @param {string} title
 * @param {(side: 'left' | 'right') => { bind: import('@heddle/core').Plugin, endpoint: string, listenPort?: number }} carrier
 */
async function meet(title, carrier) {
  console.log(`\n${title}`);
  const keys = { left: newKeys(), right: newKeys() };
  const address = { left: '10.1.0.1', right: '10.1.0.2' };
  /** @param {'left' | 'right'} self @param {'left' | 'right'} other */
  const compose = (self, other) => {
    const { bind, listenPort } = carrier(self);
    const peer = { name: other, publicKey: keys[other].publicKey, allowedIps: [address[other]], endpoint: carrier(other).endpoint };
    const config = { privateKey: keys[self].privateKey, addresses: [`${address[self]}/24`], peers: [peer] };
    return createNode({ hostname: self }, [staticControl(listenPort ? { ...config, listenPort } : config), bind, memoryStack()]);
  };
  const left = compose('left', 'right');
  const right = compose('right', 'left');
  left.progress$.subscribe(({ plugin, step }) => step === 'started' && console.log(`  ${step} ${plugin}`));
  await Promise.all([left.start(), right.start()]);
  for (let i = 0; i < 3; i++) {
    const milliseconds = await left.ping('right', { signal: AbortSignal.timeout(10_000) });
    console.log(`  right answered in ${milliseconds.toFixed(2)} ms`);
  }
  const { peers, crypto } = left.status();
  console.log(`  path ${peers[0]?.path}: ${peers[0]?.pathReason}; packets sealed by ${crypto.packets}`);
  await Promise.all([left.close(), right.close()]);
}

const network = new MemoryNetwork();
await meet('Two nodes over a network in memory', (side) => ({ bind: memory({ network, name: side }), endpoint: `mem:${side}` }));

const ports = { left: 47_661, right: 47_662 };
await meet('The same two nodes over UDP on this machine', (side) => ({
  bind: udp({ addresses: { v4: '127.0.0.1', v6: '::1' } }),
  endpoint: `127.0.0.1:${ports[side]}`,
  listenPort: ports[side],
}));
console.log('\nNext: README.md, and examples/ for complete programs.');
