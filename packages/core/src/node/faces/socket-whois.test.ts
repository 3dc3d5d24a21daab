import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { SimNetwork } from '@heddle/testing';
import { expect, test } from 'vitest';
import { simFlows, testClock } from '../../../test/faces/sim-flows.js';
import type { FlowSocket } from './flow-socket.js';
import { nodeFaces } from './node-faces.js';

test('a socket says who is at the other end as control says now, and nobody before it is connected', async () => {
  const network = new SimNetwork({ seed: 6, clock: testClock });
  const host = network.host('machine', { ports: [{ on: network.internet, addresses: ['192.0.2.1'] }] });
  const asked: string[] = [];
  let tags = ['tag:web'];
  const whois = (address: string) => {
    asked.push(address);
    return { peer: { id: '1' }, user: undefined, tags, capabilities: new Map() };
  };
  const faces = nodeFaces({ flows: simFlows(host), lookup: () => [], whois } as never);
  const accepted = new Promise<FlowSocket>((resolve) => {
    faces.server({}, resolve).listen({ port: 4_000, host: '127.0.0.1' }).on('listening', connect);
  });
  const client = faces.socket();
  function connect(this: { address(): unknown }): void {
    client.connect({ port: (this.address() as AddressInfo).port, host: '127.0.0.1' });
  }
  expect(client.whois).toBeUndefined();
  const [guest] = await Promise.all([accepted, once(client, 'connect')]);
  expect(guest.whois?.tags).toEqual(['tag:web']);
  tags = [];
  expect([guest.whois?.tags, client.whois?.peer.id]).toEqual([[], '1']);
  expect(new Set(asked)).toEqual(new Set(['127.0.0.1']));
  client.destroy();
  guest.destroy();
});
