import { createNode, type HeddleNode, type Middleware, through } from '@heddle/core';
import { chooseCrypto } from '@heddle/crypto';
import { MemoryNetwork, memory, memoryStack, SeededRandom, VirtualClock } from '@heddle/testing';
import { sharedAgreements } from './shared-agreements.js';
import { type Member, members, staticPeers } from './static-peers.js';

export interface Mesh {
  readonly clock: VirtualClock;
  readonly nodes: readonly HeddleNode[];
  readonly all: readonly Member[];
  close(): Promise<void>;
}

export interface MeshOptions {
  readonly seed?: number;
  readonly poison?: boolean;
  readonly peersOf?: (self: Member, all: readonly Member[]) => readonly Member[];
  /** Around the Bind of every node. */
  readonly middleware?: readonly Middleware[];
}

/** Running nodes on one memory network and one virtual clock, each a static peer of those that `peersOf` picks. */
export async function startMesh(count: number, options: MeshOptions = {}): Promise<Mesh> {
  const clock = new VirtualClock({ turn: () => new Promise((done) => setImmediate(done)) });
  const network = new MemoryNetwork();
  const random = new SeededRandom(options.seed ?? 1);
  const crypto = sharedAgreements(chooseCrypto());
  const all = members(count, crypto);
  const nodes = all.map((self) =>
    createNode({ hostname: `n${self.index}`, clock, random: random.fork(`n${self.index}`), crypto, poison: options.poison ?? false }, [
      staticPeers(self, options.peersOf?.(self, all) ?? all),
      through(memory({ network, name: `n${self.index}` }), ...(options.middleware ?? [])),
      memoryStack(),
    ]),
  );
  await clock.settle(Promise.all(nodes.map((node) => node.start())));
  return {
    clock,
    nodes,
    all,
    close: async () => {
      await clock.settle(Promise.all(nodes.map((node) => node.close())));
    },
  };
}
