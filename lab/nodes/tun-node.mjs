// @ts-check
// A Heddle node for the lab whose Stack is the kernel of its host.
import { StaticControl, staticControl } from '@heddle/control-static';
import { createNode } from '@heddle/core';
import { cleanUpTun, tun } from '@heddle/stack-tun';
import { udp } from '@heddle/transport-udp';
import { serve } from './control-channel.mjs';
import { peerOf, staticPeer } from './static-peers.mjs';

/** @type {import('@heddle/core').HeddleNode | undefined} */
let running;

function node() {
  if (running === undefined) throw new Error('the node is not started');
  return running;
}

/** @param {{ privateKey: string, port: number, addresses: string[], mtu: number, dns?: string[], peers: any[], tun: import('@heddle/stack-tun').TunStackOptions }} params */
async function start({ privateKey, port, addresses, mtu, dns, peers, tun: options }) {
  const config = { privateKey, addresses, mtu, listenPort: port, ...(dns && { dns: { servers: dns } }), peers: peers.map(staticPeer) };
  const parts = [
    staticControl(config),
    udp({ port, fallback: false }),
    tun({
      ...options,
      onLink: (link) => tell('link', link),
      onDeleted: () => tell('deleted'),
    }),
  ];
  running = createNode({ hostname: 'lab' }, parts);
  await running.start();
}

/** @param {{ publicKey: string }} params */
function peer({ publicKey }) {
  return peerOf(node(), publicKey);
}

const tell = serve({
  start,
  peer,
  setPeer: (params) => node().get(StaticControl).setPeer(staticPeer(params)),
  removePeer: ({ publicKey }) => node().get(StaticControl).removePeer(publicKey),
  status: () => node().status(),
  ping: ({ address }) => node().ping(address, { signal: AbortSignal.timeout(5_000) }),
  close: () => node().close(),
  cleanUp: (params) => cleanUpTun(params),
});
