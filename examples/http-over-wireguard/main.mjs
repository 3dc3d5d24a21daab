// An http server and a fetch that meet over WireGuard: no root, nothing native, no port of the machine but one UDP port each.
import http from 'node:http';
import { staticControl } from '@heddle/control-static';
import { createNode } from '@heddle/core/node';
import { netstack } from '@heddle/stack-netstack';
import { udp } from '@heddle/transport-udp';

// Example keys: everybody knows them. Make your own with `wg genkey` and `wg pubkey`.
const worker = {
  name: 'worker',
  address: '10.67.0.1',
  port: 47_661,
  privateKey: 'qENfs5tWkD0XVXNTp+sDWSmpu3PKbQRhStfK8kMj0HQ=',
  publicKey: 'A67EmYR4csJSIP88HpEEHqQCXrwz8HpGI9cVcsXJCyI=',
};
const laptop = {
  name: 'laptop',
  address: '10.67.0.2',
  port: 47_662,
  privateKey: 'mCItqKLgS1/kTDCWRPrWUmM6PX3IKJt8xeSYjAjuo2I=',
  publicKey: '2BQFze9sZHxgsFAesaczaWX9TR2+u4Zrs+9MV2PmKy4=',
};

/** @typedef {typeof worker} Machine */

/** @param {Machine} self @param {Machine} peer */
function nodeOf({ name, address, port, privateKey }, peer) {
  const config = {
    privateKey,
    listenPort: port,
    addresses: [`${address}/24`],
    peers: [{ publicKey: peer.publicKey, name: peer.name, allowedIps: [peer.address], endpoint: `127.0.0.1:${peer.port}` }],
  };
  return createNode({ hostname: name }, [staticControl(config), udp(), netstack()]);
}

const [server, client] = [nodeOf(worker, laptop), nodeOf(laptop, worker)];
await Promise.all([server.start(), client.start()]);

server.listen(
  { port: 80 },
  http.createServer(async (request, response) => {
    let bytes = 0;
    for await (const part of request) bytes += part.length;
    response.end(`hello ${request.socket.remoteAddress}, this is ${request.headers.host}; you sent ${bytes} bytes`);
  }),
);

const response = await client.fetch('http://worker/', { signal: AbortSignal.timeout(10_000) });
console.log(response.status, await response.text());

const upload = await client.fetch('http://worker/', { method: 'POST', body: new Uint8Array(1_000_000) });
console.log(await upload.text());

await Promise.all([client.close(), server.close()]);
