import type { StateStore } from '@heddle/core';
import type { SimHost } from '@heddle/testing';
import { TimeHost } from './time-host.js';
import { type UdpNode, UdpNodes } from './udp-nodes.js';

export interface TimePair {
  readonly nodes: UdpNodes;
  /** Whose time is odd. */
  readonly odd: UdpNode;
  readonly time: TimeHost;
  readonly host: SimHost;
  readonly steady: UdpNode;
}

/** Two nodes that know each other's addresses, on hosts with clocks of their own. */
export async function timePair(options: { delay?: number; state?: StateStore } = {}): Promise<TimePair> {
  const nodes = new UdpNodes();
  const [host, steadyHost] = [nodes.publicHost('odd', '203.0.113.1'), nodes.publicHost('steady', '203.0.113.2')];
  if (options.delay !== undefined) host.link().set({ delay: options.delay });
  const time = new TimeHost(host);
  const { state } = options;
  const odd = nodes.make('odd', host, {
    address: '10.0.0.1',
    udp: { port: 1 },
    endpoint: 'udp:203.0.113.1:1',
    surroundings: time.surroundings,
    clock: time.clock,
    ...(state && { state }),
  });
  const steady = nodes.make('steady', steadyHost, { address: '10.0.0.2', udp: { port: 2 }, endpoint: 'udp:203.0.113.2:2' });
  await nodes.start(odd, steady);
  return { nodes, odd, time, host, steady };
}

/** State that outlives a node. */
export function keptState(): StateStore {
  const values = new Map<string, string>();
  return {
    open: async () => {},
    get: (key) => values.get(key),
    set: async (key, value) => {
      if (value === undefined) values.delete(key);
      else values.set(key, value);
    },
    close: async () => {},
  };
}
