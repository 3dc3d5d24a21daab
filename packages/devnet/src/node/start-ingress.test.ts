import { once } from 'node:events';
import { connect } from 'node:net';
import { ts2021 } from '@heddle/control-ts2021';
import { createNode, type HeddleNode, type Peer } from '@heddle/core';
import { funnel, ownCertificates, serve } from '@heddle/funnel';
import { netstack } from '@heddle/stack-netstack';
import { derp } from '@heddle/transport-derp';
import { firstValueFrom } from 'rxjs';
import { filter } from 'rxjs/operators';
import { expect, test } from 'vitest';
import { clientHello } from '../../test/client-hello.js';
import { readIngressInvocation } from './ingress-invocation.js';
import { startDevnet } from './start-devnet.js';
import { startIngress } from './start-ingress.js';

const POLICY = {
  acls: [{ src: ['alice@devnet'], dst: ['alice@devnet:*'] }],
  grants: [{ src: ['tag:ingress'], dst: ['tag:web'], app: { 'https://tailscale.com/cap/ingress': [{}] } }],
  nodeAttrs: [{ target: ['tag:web'], attr: ['funnel'] }],
};

/** Resolves when the node sees a peer as it shall be. */
const sees = (node: HeddleNode, isSo: (peer: Peer) => boolean): Promise<unknown> =>
  firstValueFrom(node.netmap$.pipe(filter(({ map }) => [...map.peers].some(isSo))));

/** What is echoed to a visitor. */
async function echoed(port: number, bytes: Uint8Array): Promise<Buffer> {
  const socket = connect(port, '127.0.0.1');
  socket.end(bytes);
  const parts: Buffer[] = [];
  socket.on('data', (part) => parts.push(part));
  await once(socket, 'close');
  return Buffer.concat(parts);
}

test('a devnet, a node with a funnel and an ingress relay in one process: a visitor of this machine reaches what is served', async () => {
  const devnet = await startDevnet({ policy: POLICY });
  const [webKey, relayKey] = [await devnet.authKey({ tags: ['tag:web'] }), await devnet.authKey({ tags: ['tag:ingress'] })];
  const web = createNode({ hostname: 'web' }, [
    ts2021({ url: devnet.url, authKey: webKey }),
    derp(),
    netstack(),
    ownCertificates({}),
    serve({ ports: { 443: { tcp: (socket) => void socket.pipe(socket) } }, funnel: [443] }),
    funnel(),
  ]);
  await web.start();
  const listen = [{ address: '127.0.0.1', port: 0, target: 443 }];
  const relay = await startIngress({ url: devnet.url, authKey: relayKey, listen });
  await sees(relay.node, ({ services = [], homeRelay }) => services.length > 0 && homeRelay !== undefined);
  await sees(web, ({ homeRelay }) => homeRelay !== undefined);
  const hello = clientHello('web.devnet.internal');
  expect(await echoed(relay.listening[0]!.port, hello)).toEqual(Buffer.from(hello));
  expect(await echoed(relay.listening[0]!.port, clientHello('ingress.devnet.internal'))).toEqual(Buffer.of(21, 3, 1, 0, 2, 2, 112));
  expect(relay.counts).toEqual({ served: 1, 'unknown-name': 1 });
  await Promise.all([relay.close(), web.close()]);
  await devnet.close();
});

test('heddle-ingress reads where visitors come, and says what is wrong otherwise', () => {
  const url = ['--url', 'https://control.example.com'];
  expect(readIngressInvocation(url)).toMatchObject({ listen: [{ port: 443 }], hostname: 'ingress', insecureRelays: false });
  const listen = ['--listen', '192.0.2.1:8443=443', '--listen', '[2001:db8::1]:443', '--listen', '0'];
  expect(readIngressInvocation([...url, ...listen])).toMatchObject({
    listen: [{ address: '192.0.2.1', port: 8443, target: 443 }, { address: '2001:db8::1', port: 443 }, { port: 0 }],
  });
  for (const args of [[], ['--url', 'nonsense'], [...url, '--listen', 'name:443'], [...url, '--listen', '70000'], [...url, '--what']])
    expect(readIngressInvocation(args)).toEqual({ wrong: expect.any(String) });
  expect(readIngressInvocation(['--help'])).toEqual({ help: true });
});
