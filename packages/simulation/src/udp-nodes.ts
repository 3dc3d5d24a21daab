import { type Clock, createNode, type HeddleNode, type Peer, type Plugin, type StateStore, Tokens } from '@heddle/core';
import { MemoryControl, MemoryHost, memoryControl, memoryStack, type SimHost, SimNetwork, simHost, VirtualClock } from '@heddle/testing';
import { type UdpOptions, udp } from '@heddle/transport-udp';

export interface UdpNodeOptions {
  /** Its one address in the tunnel. */
  readonly address: string;
  readonly udp?: UdpOptions;
  /** Where others find it at first. */
  readonly endpoint?: string;
  /** Seconds, towards all its peers. */
  readonly keepalive?: number;
  readonly state?: StateStore;
  /** Instead of the host as it is, and the clock in there. */
  readonly surroundings?: Plugin;
  readonly clock?: Clock;
}

/** A node over `udp()` on a simulated host. */
export interface UdpNode extends UdpNodeOptions {
  readonly node: HeddleNode;
  readonly control: MemoryControl;
  /** The ends of flows inside the tunnel. */
  readonly inner: MemoryHost;
}

/** Nodes that are each other's peers, on one simulated network and one virtual clock. */
export class UdpNodes {
  readonly clock: VirtualClock = new VirtualClock({ turn: () => new Promise((done) => setImmediate(done)) });
  readonly net: SimNetwork = new SimNetwork({ seed: 1, clock: this.clock });

  /** A host with a public address. */
  publicHost(name: string, address: string): SimHost {
    return this.net.host(name, { ports: [{ on: this.net.internet, addresses: [address], link: { delay: 20 } }] });
  }

  make(name: string, host: SimHost, options: UdpNodeOptions): UdpNode {
    const [control, inner] = [new MemoryControl(), new MemoryHost()];
    const { state } = options;
    const plugins = [options.surroundings ?? simHost(host), memoryControl(control), udp(options.udp), memoryStack({ host: inner })];
    const node = createNode({ hostname: name, poison: true, ...(state && { state }) }, plugins);
    return { ...options, node, control, inner };
  }

  async start(...nodes: readonly UdpNode[]): Promise<void> {
    await this.clock.settle(Promise.all(nodes.map(({ node }) => node.start())));
    for (const { node, control, address, keepalive } of nodes) {
      const others = nodes.filter((other) => other.node !== node);
      control.set({ self: { name: address, addresses: [`${address}/24`] }, peers: others.map((other) => peerOf(other, keepalive)) });
    }
    await this.clock.advanceAsync(1);
  }

  async close(...nodes: readonly UdpNode[]): Promise<void> {
    await this.clock.settle(Promise.all(nodes.map(({ node }) => node.close())));
  }

  /** Numbered datagrams from one node to another, one each 100 ms, until stopped. */
  async flow(from: UdpNode, to: UdpNode): Promise<NumberedFlow> {
    const [source, heard] = [await from.inner.bindUdp({}, () => {}), new Map<number, number>()];
    const sink = await to.inner.bindUdp(
      {},
      (datagram) => void heard.set(new DataView(datagram.buffer, datagram.byteOffset).getUint32(0), this.clock.now()),
    );
    const clock = from.clock ?? this.clock;
    let next = 0;
    const send = (): void => {
      const datagram = new Uint8Array(100);
      new DataView(datagram.buffer).setUint32(0, next++);
      source.send(datagram, { address: to.address, port: sink.at.port });
      cancel = clock.at(clock.now() + 100, send);
    };
    let cancel = clock.at(clock.now(), send);
    return {
      heard,
      get sent() {
        return next;
      },
      stop: () => cancel(),
    };
  }
}

export interface NumberedFlow {
  /** When each number arrived. */
  readonly heard: ReadonlyMap<number, number>;
  readonly sent: number;
  stop(): void;
}

/** The longest time without an arrival from this time on, up to the end of what was heard. */
export function longestGap({ heard }: NumberedFlow, from: number, until: number): number {
  const times = [...heard.values()].filter((time) => time > from && time <= until);
  return Math.max(...[...times, until].map((time, i) => time - (times[i - 1] ?? from)));
}

export function peerOf({ node, address, endpoint }: UdpNode, keepalive = 0): Peer {
  const nodeKey = node.get(Tokens.Identity).nodeKey!.publicKey;
  const endpoints = endpoint === undefined ? [] : [endpoint];
  return {
    id: address,
    name: address,
    nodeKey,
    addresses: [address],
    allowedIps: [`${address}/32`],
    endpoints,
    persistentKeepalive: keepalive,
  };
}
