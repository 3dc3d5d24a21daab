import { createNode, type HeddleNode, type Peer, type Plugin, Tokens } from '@heddle/core';
import { MemoryControl, MemoryNetwork, memory, memoryControl, memoryStack, SeededRandom, VirtualClock } from '@heddle/testing';

export interface Machine {
  readonly node: HeddleNode;
  readonly control: MemoryControl;
  readonly address: string;
}

/** Two nodes in memory that know each other, on one clock. */
export class MemoryNodes {
  readonly clock = new VirtualClock({ turn: () => new Promise((done) => setImmediate(done)) });
  readonly #network = new MemoryNetwork({ delay: 1 });
  readonly a: Machine;
  readonly b: Machine;

  constructor(plugins: readonly Plugin[] = []) {
    this.a = this.#make('alice', '10.0.0.1', plugins);
    this.b = this.#make('bob', '10.0.0.2', []);
  }

  async start(): Promise<this> {
    await this.clock.settle(Promise.all([this.a.node.start(), this.b.node.start()]));
    this.a.control.set({ self: { name: 'alice', addresses: ['10.0.0.1/32'] }, peers: [peerOf(this.b, 'bob')] });
    this.b.control.set({ self: { name: 'bob', addresses: ['10.0.0.2/32'] }, peers: [peerOf(this.a, 'alice')] });
    await this.clock.advanceAsync(10);
    return this;
  }

  async close(): Promise<void> {
    await this.clock.settle(Promise.all([this.a.node.close(), this.b.node.close()]));
  }

  #make(name: string, address: string, plugins: readonly Plugin[]): Machine {
    const control = new MemoryControl();
    const parts = [memoryControl(control), memory({ network: this.#network, name }), memoryStack(), ...plugins];
    return { control, address, node: createNode({ hostname: name, clock: this.clock, random: new SeededRandom(name) }, parts) };
  }
}

export function peerOf({ node, address }: Machine, name: string): Peer {
  const nodeKey = node.get(Tokens.Identity).nodeKey!.publicKey;
  return { id: name, name, nodeKey, addresses: [address], allowedIps: [`${address}/32`], endpoints: [`mem:${name}`] };
}
