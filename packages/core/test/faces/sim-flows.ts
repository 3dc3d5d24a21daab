import { type SimHost, SimNetwork } from '@heddle/testing';
import type { Address, FlowLayer, UdpPort } from '../../src/contracts/flows.js';
import type { Clock } from '../../src/contracts/surroundings.js';
import { systemClock } from '../../src/environment.js';
import { type FacesOptions, type NodeFaces, nodeFaces } from '../../src/node/faces/node-faces.js';

/** Longer than any test, and shorter than what a half-closed connection waits. */
const SOON = 20_000;

/** Real time for a test: what lies far ahead never comes, because by then the process is at other tests. */
export const testClock: Clock = {
  ...systemClock,
  at: (time, run) => (time - systemClock.now() > SOON ? () => undefined : systemClock.at(time, run)),
};

/** The streams and datagrams of a simulated host as the flow layer of a Stack. */
export function simFlows(host: SimHost): Required<Pick<FlowLayer, 'connect' | 'listen' | 'bindUdp'>> {
  return {
    connect: ({ address, port }, options) => host.streams.connect({ host: address, port }, options),
    listen: ({ address = '0.0.0.0', port }, accept) => host.streams.listen({ address, port }, accept),
    bindUdp: ({ address = '0.0.0.0', port = 0 }, receive) => bindUdp(host, { address, port }, receive),
  };
}

async function bindUdp(host: SimHost, at: Address, receive: (datagram: Uint8Array, from: Address) => void): Promise<UdpPort> {
  const socket = await host.udp.open({
    ...at,
    family: at.address.includes(':') ? 6 : 4,
    message: (bytes, address, port) => receive(bytes, { address, port }),
    fault: () => {},
  });
  return {
    at: socket.local,
    send: (datagram, to) => socket.send(datagram, 0, datagram.length, to.port, to.address),
    close: () => socket.close(),
  };
}

export interface Site {
  readonly faces: NodeFaces;
  readonly host: SimHost;
  readonly network: SimNetwork;
}

export interface SiteOptions extends FacesOptions {
  readonly clock?: Clock;
  readonly names?: Readonly<Record<string, readonly string[]>>;
}

/** Faces over one simulated machine: its 127.0.0.1 is the whole network. Real time unless told otherwise. */
export function site({ clock = testClock, names = {}, ...options }: SiteOptions = {}): Site {
  const network = new SimNetwork({ seed: 6, clock });
  const host = network.host('machine', { ports: [{ on: network.internet, addresses: ['192.0.2.1', '2001:db8::1'] }] });
  const faces = nodeFaces({ flows: simFlows(host), lookup: (name: string) => names[name] ?? [] } as never, options);
  return { faces, host, network };
}
