// @ts-check
// The same application on a TCP/IP stack of our own and on that of the kernel.
import { staticControl } from '@heddle/control-static';
import { createNode } from '@heddle/core/node';
import { netstack } from '@heddle/stack-netstack';
import { tun } from '@heddle/stack-tun';
import { udp } from '@heddle/transport-udp';
import { application, server } from './application.mjs';

// Example keys: everybody knows them. Make your own with `wg genkey` and `wg pubkey`.
const worker = {
  name: 'worker',
  address: '10.68.0.1',
  port: 47_671,
  privateKey: 'qENfs5tWkD0XVXNTp+sDWSmpu3PKbQRhStfK8kMj0HQ=',
  publicKey: 'A67EmYR4csJSIP88HpEEHqQCXrwz8HpGI9cVcsXJCyI=',
};
const laptop = {
  name: 'laptop',
  address: '10.68.0.2',
  port: 47_672,
  privateKey: 'mCItqKLgS1/kTDCWRPrWUmM6PX3IKJt8xeSYjAjuo2I=',
  publicKey: '2BQFze9sZHxgsFAesaczaWX9TR2+u4Zrs+9MV2PmKy4=',
};

/** @typedef {typeof worker} Machine */

/** @param {Machine} self @param {Machine} peer @param {ReturnType<typeof tun>} stack */
function nodeOf({ name, address, port, privateKey }, peer, stack) {
  const config = {
    privateKey,
    listenPort: port,
    addresses: [`${address}/24`],
    peers: [{ publicKey: peer.publicKey, name: peer.name, allowedIps: [peer.address], endpoint: `127.0.0.1:${peer.port}` }],
  };
  return createNode({ hostname: name }, [staticControl(config), udp(), stack]);
}

// This is the line. With `--tun`, as root, all other programs of this machine reach the worker as well.
const stack = process.argv.includes('--tun') ? tun() : netstack();

const [there, here] = [nodeOf(worker, laptop, netstack()), nodeOf(laptop, worker, stack)];
await Promise.all([there.start(), here.start()]);
there.listen({ port: 80 }, server('worker'));
here.listen({ port: 80 }, server('laptop'));

for (const [node, neighbour] of /** @type {const} */ ([
  [here, 'worker'],
  [there, 'laptop'],
])) {
  for await (const line of application(node, neighbour)) console.log(line);
}
await Promise.all([here.close(), there.close()]);
