import { type Bytes, type Identity, type KeyPairBytes, namedRemote, type RelayMap, type RelayNode, type RelayRegion } from '@heddle/core';
import { type SimHost, SimNetwork, VirtualClock } from '@heddle/testing';
import { BehaviorSubject } from 'rxjs';
import { DerpBind } from '../src/derp-bind.js';
import { plainStreams, type RelayStreams } from '../src/relay/relay-streams.js';
import { crypto, type RelayBehaviour, RelayServer } from './relay-server.js';

const PORT = 3340;

export interface RelayPlace {
  readonly server: RelayServer;
  readonly host: SimHost;
  readonly node: RelayNode;
}

/** Relays and nodes in a simulated network. */
export class RelayBench {
  readonly clock: VirtualClock;
  readonly net: SimNetwork;
  #hosts = 0;

  constructor(clock: VirtualClock = new VirtualClock({ now: 1_000 })) {
    this.clock = clock;
    this.net = new SimNetwork({ seed: 1, clock });
  }

  host(name: string, delay = 1): SimHost {
    const addresses = [`192.0.2.${++this.#hosts}/24`];
    return this.net.host(name, { ports: [{ on: this.net.internet, addresses, link: { delay } }] });
  }

  async relay(name: string, behaviour: RelayBehaviour = {}, delay = 1): Promise<RelayPlace & { close(): Promise<void> }> {
    const host = this.host(name, delay);
    const server = new RelayServer(host.random, behaviour);
    const address = `192.0.2.${this.#hosts}`;
    const listener = await host.streams.listen({ address, port: PORT }, server.accept);
    return { server, host, node: { name, hostName: address, ipv4: address, derpPort: PORT }, close: () => listener.close() };
  }

  bind(
    name: string,
    relays: RelayMap | undefined,
    host: SimHost = this.host(name),
    streams: RelayStreams = plainStreams(host.streams),
  ): { readonly bind: DerpBind; readonly identity: FakeIdentity } {
    const identity = new FakeIdentity(name);
    return { bind: new DerpBind({ identity: identity.asIdentity, crypto, streams, relays }), identity };
  }
}

/** Regions 900, 901, …, each with these nodes. */
export function relayMap(...regions: readonly (readonly RelayNode[])[]): RelayMap {
  return { regions: new Map(regions.map((nodes, i) => [900 + i, region(900 + i, nodes)])) };
}

export function region(id: number, nodes: readonly RelayNode[]): RelayRegion {
  return { id, code: `r${id}`, name: `Region ${id}`, nodes };
}

/** The part of an identity that relays need: a node key, made from a name. */
export class FakeIdentity {
  readonly nodeKey$: BehaviorSubject<KeyPairBytes | undefined>;

  constructor(name: string) {
    this.nodeKey$ = new BehaviorSubject<KeyPairBytes | undefined>(keyPair(name));
  }

  get asIdentity(): Identity {
    return this as unknown as Identity;
  }
}

const publicKeys = new Map<string, Bytes>();

/** Of one name it is always the same, in bytes of its own. */
export function keyPair(name: string): KeyPairBytes {
  const privateKey = new Uint8Array(32);
  privateKey.set(namedRemote(name).id.slice(0, 31), 1);
  const publicKey = publicKeys.get(name) ?? crypto.x25519.load(privateKey).publicKey;
  publicKeys.set(name, publicKey);
  return { privateKey, publicKey: publicKey.slice() };
}
