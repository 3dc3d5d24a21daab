// @ts-check
// A Heddle node with a TCP/IP stack of its own, on which real clients and servers run.
import { once } from 'node:events';
import { StaticControl, staticControl } from '@heddle/control-static';
import { createNode } from '@heddle/core/node';
import { netstack } from '@heddle/stack-netstack';
import { udp } from '@heddle/transport-udp';
import { serve } from './control-channel.mjs';
import * as httpClients from './socket-http-clients.mjs';
import * as otherClients from './socket-other-clients.mjs';
import * as servers from './socket-servers.mjs';
import * as transfers from './socket-transfers.mjs';

/** @type {import('@heddle/core/node').SocketNode | undefined} */
let running;

function node() {
  if (running === undefined) throw new Error('the node is not started');
  return running;
}

/** @param {{ privateKey: string, port: number, addresses: string[], mtu?: number, congestion?: 'bbr' | 'cubic', peer: { publicKey: string, endpoint: string, allowedIps: string[] } }} params */
async function start({ privateKey, port, addresses, mtu = 1420, congestion, peer }) {
  const config = { privateKey, addresses, mtu, listenPort: port, peers: [{ name: 'server', ...peer }] };
  running = createNode({ hostname: 'lab' }, [
    staticControl(config),
    udp({ port, fallback: false }),
    netstack({ tcp: { ...(congestion && { congestion }) } }),
  ]);
  await running.start();
  await running.ping('server', { signal: AbortSignal.timeout(10_000) });
}

/** @type {Readonly<Record<string, import('./socket-http-clients.mjs').Scenario>>} */
const CLIENTS = { ...httpClients, ...otherClients };

serve({
  start,
  client: ({ client, ...task }) => CLIENTS[client]?.(node(), task),
  listen: async ({ kind, port }) => void (await once(await servers.listen(node(), kind, port), 'listening')),
  send: (params) => transfers.send(node(), params),
  receive: (params) => transfers.receive(node(), params),
  connects: (params) => transfers.connects(node(), params),
  status: () => ({ peers: node().status().peers, drops: node().status().drops }),
  close: () => node().close(),
  peers: () => node().get(StaticControl) !== undefined,
});
