import { createNode, type HeddleNode, type Peer, type StateStore, Tokens } from '@heddle/core';
import { chooseCrypto } from '@heddle/crypto';
import {
  MemoryControl,
  MemoryHost,
  MemoryNetwork,
  memoryControl,
  memoryStack,
  type NatRules,
  type SimHost,
  type SimNat,
  SimNetwork,
  simHost,
  VirtualClock,
} from '@heddle/testing';
import { type DiscoOptions, disco } from '../src/index.js';
import { simDirect, startMirror } from './sim-direct.js';
import { relayText, simRelay } from './sim-relay.js';

export type NatKind = 'none' | 'full cone' | 'port restricted' | 'symmetric';

const RULES: Readonly<Record<Exclude<NatKind, 'none'>, NatRules>> = {
  'full cone': { mapping: 'endpoint-independent', filtering: 'endpoint-independent' },
  'port restricted': { mapping: 'endpoint-independent', filtering: 'address-and-port-dependent' },
  symmetric: { mapping: 'address-and-port-dependent', filtering: 'address-and-port-dependent' },
};
const MIRROR = { address: '192.0.2.53', port: 3478 };
const crypto = chooseCrypto();

/** One node of a tailnet, and what tests do with it. */
export interface Member {
  readonly address: string;
  readonly node: HeddleNode;
  readonly control: MemoryControl;
  readonly inner: MemoryHost;
  readonly host: SimHost;
  readonly nat: SimNat | undefined;
}

export interface PlaceOptions {
  readonly policy?: DiscoOptions['policy'];
  readonly nat?: NatKind | NatRules;
  readonly state?: StateStore;
  /** Its own in the tailnet. Default: the next one. */
  readonly address?: string;
  /** Milliseconds from the host to its LAN. Default 10. */
  readonly delay?: number;
}

/** Nodes with disco on a simulated internet, with a relay, a mirror for STUN, and a control that tells everybody what the others published. */
export class Tailnet {
  readonly clock: VirtualClock = new VirtualClock({ turn: () => new Promise((done) => setImmediate(done)) });
  readonly net: SimNetwork = new SimNetwork({ seed: 7, clock: this.clock });
  readonly relay: MemoryNetwork;
  readonly members: Member[] = [];
  #mirror: Promise<void> | undefined;

  constructor(options: { readonly relayDelay?: number } = {}) {
    this.relay = new MemoryNetwork({ delay: options.relayDelay ?? 40 });
  }

  /** A node on a host of its own, behind a NAT of its own. */
  place({ nat = 'none', ...options }: PlaceOptions = {}): Member {
    const i = this.members.length + 1;
    const { net } = this;
    const link = { delay: options.delay ?? 10 };
    if (nat === 'none')
      return this.join(net.host(`h${i}`, { ports: [{ on: net.internet, addresses: [`198.51.100.${i}/24`], link }] }), undefined, options);
    const lan = net.lan(`home${i}`);
    const rules = typeof nat === 'string' ? RULES[nat] : nat;
    const inside = { inside: lan, insideAddress: `192.168.${i}.1/24` };
    const router = net.nat(`nat${i}`, { ...inside, outside: net.internet, outsideAddress: `203.0.113.${i}/24`, ...rules });
    return this.join(net.host(`h${i}`, { ports: [{ on: lan, addresses: [`192.168.${i}.2/24`], link }] }), router, options);
  }

  /** A node on this host. */
  join(host: SimHost, nat: SimNat | undefined, options: PlaceOptions = {}): Member {
    this.#mirror ??= startMirror(this.net.host('mirror', { ports: [{ on: this.net.internet, addresses: [MIRROR.address] }] }), MIRROR.port);
    const [control, inner] = [new MemoryControl(), new MemoryHost()];
    const { policy, state, address = `10.0.0.${this.members.length + 1}` } = options;
    const parts = [
      simHost(host),
      memoryControl(control),
      simDirect(host, { mirror: MIRROR }),
      simRelay(this.relay),
      memoryStack({ host: inner }),
    ];
    const node = createNode({ hostname: host.name, crypto, ...(state && { state }) }, [
      ...parts,
      disco(policy === undefined ? {} : { policy }),
    ]);
    const member = { address, node, control, inner, host, nat };
    this.members.push(member);
    return member;
  }

  /** Ends a node; another one starts on its host, with what it had stored. */
  async restart(member: Member, state: StateStore): Promise<Member> {
    await this.clock.settle(member.node.close());
    this.members.splice(this.members.indexOf(member), 1);
    const next = this.join(member.host, member.nat, { state, address: member.address });
    await this.clock.settle(next.node.start());
    await this.clock.advanceAsync(200);
    this.tell();
    return next;
  }

  /** Starts all nodes, lets them learn their endpoints, and tells everybody about everybody. */
  async start(): Promise<void> {
    await this.#mirror;
    await this.clock.settle(Promise.all(this.members.map(({ node }) => node.start())));
    await this.clock.advanceAsync(200);
    this.tell();
    await this.clock.advanceAsync(1);
  }

  /** Control tells every node what the others have published last. */
  tell(): void {
    const peers = this.members.map(describe);
    for (const { control, address } of this.members)
      control.set({ self: { name: address, addresses: [`${address}/24`] }, peers: peers.filter(({ id }) => id !== address) });
  }

  async close(): Promise<void> {
    await this.clock.settle(Promise.all(this.members.map(({ node }) => node.close())));
  }

  /** Milliseconds of virtual time until a ping is answered. */
  ping(from: Member, to: Member, within = 2_000): Promise<number> {
    return this.clock.settle(from.node.ping(to.address), { within });
  }

  /** Remote text of the path that a node uses towards another. */
  pathOf(from: Member, to: Member): string | undefined {
    return from.node.status().peers.find(({ id }) => id === to.address)?.path;
  }

  isDirect(from: Member, to: Member): boolean {
    return this.pathOf(from, to)?.startsWith('udp:') ?? false;
  }

  /** Numbered datagrams, one each 100 ms, until stopped; returns when each arrived. */
  async flow(from: Member, to: Member): Promise<Flow> {
    const heard = new Map<number, number>();
    const source = await from.inner.bindUdp({}, () => {});
    const number = (datagram: Uint8Array): number => new DataView(datagram.buffer, datagram.byteOffset).getUint32(0);
    const sink = await to.inner.bindUdp({}, (datagram) => void heard.set(number(datagram), this.clock.now()));
    let next = 0;
    const send = (): void => {
      const datagram = new Uint8Array(100);
      new DataView(datagram.buffer).setUint32(0, next++);
      source.send(datagram, { address: to.address, port: sink.at.port });
      cancel = this.clock.at(this.clock.now() + 100, send);
    };
    let cancel = this.clock.at(this.clock.now(), send);
    return { heard, stop: () => cancel() };
  }
}

export interface Flow {
  /** When each number arrived. */
  readonly heard: ReadonlyMap<number, number>;
  stop(): void;
}

/** The longest time without an arrival between two times. */
export function longestGap({ heard }: Flow, from: number, until: number): number {
  const times = [...heard.values()].filter((time) => time > from && time <= until).sort((a, b) => a - b);
  return Math.max(...[...times, until].map((time, i) => time - (times[i - 1] ?? from)));
}

export function describe({ node, control, address }: Member): Peer {
  const { nodeKey, discoKey } = node.get(Tokens.Identity);
  const published = control.published.findLast(({ endpoints }) => endpoints !== undefined)?.endpoints ?? [];
  return {
    id: address,
    name: address,
    nodeKey: nodeKey!.publicKey,
    discoKey: discoKey.publicKey,
    homeRelay: relayText(nodeKey!.publicKey),
    addresses: [address],
    allowedIps: [`${address}/32`],
    endpoints: published.map(({ remote }) => remote.text),
  };
}

/** Keeps what it is given for as long as the test runs. */
export function keptState(): StateStore {
  const values = new Map<string, string>();
  return {
    open: async () => {},
    close: async () => {},
    get: (name) => values.get(name),
    set: async (name, value) => void (value === undefined ? values.delete(name) : values.set(name, value)),
  };
}
