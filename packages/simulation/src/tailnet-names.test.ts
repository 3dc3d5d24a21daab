import type { NameConfig } from '@heddle/core';
import { expect, test } from 'vitest';
import { peerOf, type UdpNode, UdpNodes } from './udp-nodes.js';

const DNS = '100.100.100.100';

const NAMES: NameConfig = {
  magic: true,
  suffix: 'tail.example',
  search: ['tail.example'],
  resolvers: [{ address: '198.51.100.53' }],
  fallbackResolvers: [],
  routes: new Map(),
  records: [],
  certificateDomains: [],
};

/** A query for an address. */
function query(name: string, id: number): Uint8Array {
  const labels = name.split('.').flatMap((label) => [label.length, ...new TextEncoder().encode(label)]);
  return Uint8Array.from([0, id, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, ...labels, 0, 0, 1, 0, 1]);
}

async function named(): Promise<{
  readonly nodes: UdpNodes;
  readonly a: UdpNode;
  readonly b: UdpNode;
  ask(name: string): Promise<Uint8Array | undefined>;
}> {
  const nodes = new UdpNodes();
  const make = (name: string, number: number): UdpNode =>
    nodes.make(name, nodes.publicHost(name, `198.51.100.${number}`), { address: `100.64.0.${number}`, udp: { port: 1_000 } });
  const [a, b] = [make('a', 1), make('b', 2)];
  await nodes.start(a, b);
  const self = { name: 'a.tail.example', addresses: ['100.64.0.1/32'] };
  a.control.set({ self, peers: [{ ...peerOf(b), name: 'b.tail.example' }], names: NAMES, filter: { rules: [] } });
  await nodes.clock.advanceAsync(10);
  const ask = async (name: string): Promise<Uint8Array | undefined> => {
    let response: Uint8Array | undefined;
    const port = await a.inner.bindUdp({}, (datagram, from) => {
      if (from.address === DNS && from.port === 53) response = datagram.slice();
    });
    port.send(query(name, 9), { address: DNS, port: 53 });
    await nodes.clock.advanceAsync(500);
    await port.close();
    return response;
  };
  return { nodes, a, b, ask };
}

test('F11: the Stack of a node asks 100.100.100.100 and is answered, without a packet to anybody', async () => {
  const { nodes, a, b, ask } = await named();
  const sent = a.node.status().counters[0]!.sentPackets;
  const response = await ask('b.tail.example');
  expect([...response!.slice(0, 4)]).toEqual([0, 9, 0x85, 0x80]);
  expect([...response!.slice(-4)]).toEqual([100, 64, 0, 2]);
  expect((await ask('nobody.tail.example'))![3]! & 15).toBe(3);
  expect(a.node.status().counters[0]!.sentPackets).toBe(sent);
  expect(a.node.lookup('b')).toEqual(['100.64.0.2']);
  expect(await nodes.clock.settle(a.node.ping(DNS))).toBeGreaterThanOrEqual(0);
  await nodes.close(a, b);
});

test('a name of the world is asked at the server that control names, from the underlay', async () => {
  const { nodes, a, b, ask } = await named();
  const server = nodes.publicHost('dns', '198.51.100.53');
  const socket = await server.udp.open({
    family: 4,
    port: 53,
    message: (bytes, address, port) => {
      bytes[2]! |= 0x80;
      socket.send(bytes, 0, bytes.length, port, address);
    },
    fault: () => {},
  });
  expect([...(await ask('www.example.com'))!.slice(0, 4)]).toEqual([0, 9, 0x81, 0]);
  await socket.close();
  await nodes.close(a, b);
});

test('who does not want the names of the tailnet is not answered', async () => {
  const { nodes, a, b, ask } = await named();
  a.node.preferences.set({ acceptDns: false });
  expect(await ask('b.tail.example')).toBeUndefined();
  a.node.preferences.set({ acceptDns: true });
  expect(await ask('b.tail.example')).toBeDefined();
  await nodes.close(a, b);
});
