// @ts-check
// A web server in your tailnet: `CONTROL_URL=… AUTH_KEY_FILE=… node main.mjs`, then open http://NAME/ from another node.
import { createServer } from 'node:http';
import { ts2021 } from '@heddle/control-ts2021';
import { createNode } from '@heddle/core';
import { fileStore, nodeFaces } from '@heddle/core/node';
import { netstack } from '@heddle/stack-netstack';
import { udp } from '@heddle/transport-udp';

const { CONTROL_URL: url, AUTH_KEY_FILE: authKeyFile, STATE_DIR: state = './state', NAME: hostname = 'heddle' } = process.env;
if (url === undefined) {
  console.log(
    'Set CONTROL_URL to your control server, such as https://controlplane.tailscale.com. Without AUTH_KEY_FILE you log in by a URL.',
  );
  process.exit(0);
}

const node = createNode({ hostname, state: fileStore(state) }, [ts2021({ url, ...(authKeyFile && { authKeyFile }) }), udp(), netstack()]);

node.control$.subscribe((control) => {
  if (control.is === 'needs-login') console.log(control.url ? `Log in at ${control.url}` : 'Log in again.');
  else console.log(control.is === 'offline' ? `Offline: ${control.reason}` : control.is);
});
node.netmap$.subscribe(({ map }) => {
  console.log(`${map.self?.name} ${map.self?.addresses.join(' ')}; peers: ${[...map.peers].map(({ name }) => name).join(', ') || 'none'}`);
});

process.once('SIGINT', () => void node.close());
process.once('SIGTERM', () => void node.close());
await node.start();

const server = createServer((_request, response) => response.end(`Hello from ${hostname}\n`));
nodeFaces(node).listen({ port: 80 }, server);
