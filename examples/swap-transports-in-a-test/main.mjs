// @ts-check
// The same test over real UDP, over a relay, and over a bad network: only the line that names the transport differs.
import assert from 'node:assert/strict';
import { ts2021 } from '@heddle/control-ts2021';
import { through } from '@heddle/core';
import { createNode } from '@heddle/core/node';
import { startDevnet } from '@heddle/devnet';
import { netstack } from '@heddle/stack-netstack';
import { drop, duplicate } from '@heddle/testing';
import { derp } from '@heddle/transport-derp';
import { udp } from '@heddle/transport-udp';
import { serveCounter, visit } from './application.mjs';

const loopback = { addresses: { v4: '127.0.0.1' } };

/** @type {Record<string, () => import('@heddle/core').Plugin>} */
const transports = {
  'UDP of this machine': () => udp(loopback),
  'a relay': () => derp(),
  'UDP that loses every tenth packet and doubles another': () => through(udp(loopback), drop(0.1), duplicate(0.1)),
};

for (const [name, transport] of Object.entries(transports)) {
  const devnet = await startDevnet();
  const authKey = await devnet.authKey();
  const compose = (/** @type {string} */ hostname) =>
    createNode({ hostname }, [ts2021({ url: devnet.url, authKey }), transport(), netstack()]);
  const [counter, visitor] = [compose('counter'), compose('visitor')];
  await Promise.all([counter.start(), visitor.start()]);
  await serveCounter(counter);
  await knows(visitor, 'counter');
  assert.deepEqual([await visit(visitor, 'counter'), await visit(visitor, 'counter')], ['visitor 1', 'visitor 2']);
  console.log(`ok: over ${name}`);
  await Promise.all([counter.close(), visitor.close()]);
  await devnet.close();
}

/**
 * Resolves when a node knows where a peer is.
 * @param {import('./application.mjs').Node} node
 * @param {string} name
 */
async function knows(node, name) {
  await new Promise((done) => {
    node.netmap$.subscribe(({ map }) => {
      const peer = [...map.peers].find((each) => each.name.startsWith(`${name}.`));
      if (peer !== undefined && (peer.endpoints.length > 0 || peer.homeRelay !== undefined)) done(undefined);
    });
  });
}
