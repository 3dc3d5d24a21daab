import { createNode, type HeddleNode, type Peer, type Plugin, type RelayMap, type StateStore, Tokens } from '@heddle/core';
import type { Crypto } from '@heddle/crypto';
import { MemoryControl, MemoryHost, memoryControl, memoryStack, simHost } from '@heddle/testing';
import { derp } from '@heddle/transport-derp';
import { udp } from '@heddle/transport-udp';
import type { Home } from './home.js';

/** What is the same for all nodes of a world. */
export interface Making {
  readonly crypto: Crypto;
  /** Chooses the paths. */
  readonly selector: () => Plugin;
  /** A path of a node changed. */
  readonly changed: (from: string, to: string, path: string) => void;
}

/** A place in the tailnet, with the node that lives there at the moment. */
export class Member {
  readonly name: string;
  readonly number: number;
  readonly address: string;
  readonly home: Home;
  /** The ends of flows in the tunnel; they go on when another node comes. */
  readonly inner: MemoryHost = new MemoryHost();
  readonly #making: Making;
  readonly #state = keptState();
  /** Nodes that have lived here. */
  lives = 1;
  #control = new MemoryControl();
  #node: HeddleNode;

  constructor(name: string, number: number, home: Home, making: Making) {
    this.name = name;
    this.number = number;
    this.address = `10.0.0.${number}`;
    this.home = home;
    this.#making = making;
    this.#node = this.#make();
  }

  get node(): HeddleNode {
    return this.#node;
  }

  start(): Promise<void> {
    return this.#node.start();
  }

  close(): Promise<void> {
    return this.#node.close();
  }

  /** With the same node key and a new disco key. */
  async restart(): Promise<void> {
    await this.#node.close();
    this.lives += 1;
    this.#control = new MemoryControl();
    this.#node = this.#make();
    await this.#node.start();
  }

  /** What it has published, as others are told; undefined while it runs no more. */
  describe(): Peer | undefined {
    const { nodeKey, discoKey } = this.#node.get(Tokens.Identity);
    if (nodeKey === undefined) return undefined;
    const said = this.#control.published;
    const endpoints = said.findLast(({ endpoints }) => endpoints !== undefined)?.endpoints ?? [];
    const homeRelay = said.findLast(({ homeRelay }) => homeRelay !== undefined)?.homeRelay;
    return {
      id: this.name,
      name: this.name,
      nodeKey: nodeKey.publicKey,
      discoKey: discoKey.publicKey,
      addresses: [this.address],
      allowedIps: [`${this.address}/32`],
      endpoints: endpoints.filter(({ kind }) => kind !== 'relay').map(({ remote }) => remote.text),
      ...(homeRelay !== undefined && { homeRelay }),
    };
  }

  /** Control tells it of the others. */
  tell(peers: readonly Peer[], relays: RelayMap): void {
    this.#control.set({ self: { name: this.name, addresses: [`${this.address}/24`] }, peers, relays });
  }

  /** Remote text of the path towards another. */
  pathTo(other: string): string | undefined {
    return this.#node.status().peers.find(({ id }) => id === other)?.path;
  }

  #make(): HeddleNode {
    const { crypto, selector, changed } = this.#making;
    const parts = [
      simHost(this.home.host),
      memoryControl(this.#control),
      udp({ port: 41_641, portMapping: false }),
      derp({ plain: true }),
      memoryStack({ host: this.inner }),
      selector(),
    ];
    const node = createNode({ hostname: this.name, crypto, state: this.#state, poison: true }, parts);
    node.paths$.subscribe(({ peer, primary, reason }) => changed(this.name, peer.name, `${primary?.text ?? 'nothing'} (${reason})`));
    return node;
  }
}

function keptState(): StateStore {
  const values = new Map<string, string>();
  return {
    open: async () => {},
    close: async () => {},
    get: (name) => values.get(name),
    set: async (name, value) => void (value === undefined ? values.delete(name) : values.set(name, value)),
  };
}
