import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Netmap, Peer } from '../contracts/netmap.js';
import type { StackConfig } from '../contracts/stack.js';
import { PeerMap } from '../netmap/peer-map.js';
import { SelfKeeper } from './self-keeper.js';
import type { StackPort } from './stack-port.js';

const netmap: Netmap = { self: { name: 'self', addresses: [] }, peers: PeerMap.empty };

function peer(id: string, allowedIps: readonly string[]): Peer {
  return { id, name: '', nodeKey: new Uint8Array(32), addresses: [], allowedIps, endpoints: [] };
}

function keeperOf(configured: StackConfig[]): SelfKeeper {
  const stack = { configure: async (config: StackConfig) => void configured.push(config) } as unknown as StackPort;
  return new SelfKeeper({ stack: () => stack, binds: () => [], fault: () => {} });
}

test('the Stack gets a route for each prefix that any peer has, once, after any history of lists with repetitions', async () => {
  const step = fc.record({
    id: fc.constantFrom('a', 'b', 'c'),
    prefixes: fc.option(fc.array(fc.constantFrom('p', 'q', 'r', 's'), { maxLength: 6 }), { nil: undefined }),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 12 }), async (steps) => {
      const configured: StackConfig[] = [];
      const keeper = keeperOf(configured);
      const lists = new Map<string, readonly string[]>();
      await keeper.apply(netmap, { set: [], removed: [], before: new Map() });
      for (const { id, prefixes } of steps) {
        const before = new Map(lists);
        lists.set(id, prefixes ?? []);
        await keeper.apply(netmap, {
          set: prefixes === undefined ? [] : [peer(id, prefixes)],
          removed: prefixes === undefined ? [id] : [],
          before,
        });
        expect([...configured.at(-1)!.routes].sort()).toEqual([...new Set([...lists.values()].flat())].sort());
      }
    }),
    { seed: 2, numRuns: 200 },
  );
});

test('lists that say the same, and peers that change in other ways, leave the Stack alone', async () => {
  const configured: StackConfig[] = [];
  const keeper = keeperOf(configured);
  await keeper.apply(netmap, { set: [peer('a', ['p', 'q'])], removed: [], before: new Map() });
  await keeper.apply(netmap, { set: [peer('a', ['p', 'q'])], removed: ['unknown'], before: new Map([['a', ['p', 'q']]]) });
  expect(configured).toHaveLength(1);
});
