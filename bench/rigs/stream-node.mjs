// @ts-check
// A node with dgram sockets and a netstack, and one stream: node stream-node.mjs '{"what": "sink", …}'.
// A sink says `ready`; a sender writes for so many seconds and answers with what the sink had of it.
import { once } from 'node:events';
import { staticControl } from '@heddle/control-static';
import { createNode } from '@heddle/core/node';
import { netstack } from '@heddle/stack-netstack';
import { udp } from '@heddle/transport-udp';

/**
 * @typedef {object} Settings
 * @property {'sink' | 'send'} what
 * @property {string} key hexadecimal
 * @property {number} port
 * @property {string} address
 * @property {{ key: string, endpoint: string, address: string }} peer
 * @property {number} seconds
 */

/** @type {Settings} */
const { what, key, port, address, peer, seconds } = JSON.parse(String(process.argv[2]));
const PORT = 7_001;
const CHUNK = 64 * 1024;

const node = createNode({ hostname: what }, [
  staticControl({
    privateKey: key,
    addresses: [`${address}/24`],
    mtu: 1_420,
    peers: [{ name: 'peer', publicKey: peer.key, endpoint: peer.endpoint, allowedIps: [`${peer.address}/32`] }],
  }),
  udp({ port }),
  netstack(),
]);
process.once('SIGINT', () => process.exit());
await node.start();
if (what === 'sink') await sink();
else process.send?.(await send());

/** Answers each stream with the number of bytes that it had. */
async function sink() {
  const server = node.listen({ port: PORT, allowHalfOpen: true }, (socket) => {
    let total = 0;
    socket.on('error', () => {});
    socket.on('data', (bytes) => {
      total += bytes.length;
    });
    socket.on('end', () => socket.end(String(total)));
  });
  await once(server, 'listening');
  process.send?.('ready');
}

async function send() {
  const socket = node.connect({ host: peer.address, port: PORT });
  await once(socket, 'connect');
  const chunk = Buffer.alloc(CHUNK);
  const cpu = process.cpuUsage();
  const began = performance.now();
  const due = began + seconds * 1_000;
  while (performance.now() < due) if (!socket.write(chunk)) await once(socket, 'drain');
  socket.end();
  let text = '';
  for await (const part of socket) text += part;
  const { user, system } = process.cpuUsage(cpu);
  return { bytes: Number(text), seconds: (performance.now() - began) / 1_000, cpu: (user + system) / 1e6 };
}
