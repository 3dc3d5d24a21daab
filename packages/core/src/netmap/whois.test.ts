import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { JsonValue, Peer } from '../contracts/netmap.js';
import { NodeDirectory } from '../names/node-directory.js';
import { NetmapStream } from './netmap-stream.js';
import { Whois } from './whois.js';

function peer(id: string, more: Partial<Peer> = {}): Peer {
  return { id, name: `${id}.tail.example.`, nodeKey: new Uint8Array(32), addresses: [], allowedIps: [], endpoints: [], ...more };
}

function known(): { readonly netmap: NetmapStream; readonly directory: NodeDirectory; readonly whois: Whois } {
  const netmap = new NetmapStream();
  const directory = new NodeDirectory();
  netmap.changes$.subscribe((change) => directory.apply(change));
  return { netmap, directory, whois: new Whois(directory) };
}

const SELF = { name: 'me.tail.example', addresses: ['100.64.0.1/32', 'fd7a::1/128'], node: peer('me', { addresses: ['100.64.0.1/32'] }) };

test('an address, with or without port, is answered with node, user, tags and capabilities', () => {
  const { netmap, whois } = known();
  const ann = { id: '7', loginName: 'ann@example.com', displayName: 'Ann' };
  const own = new Map<string, readonly JsonValue[]>([['example.com/cap/admin', [true]]]);
  const a = peer('a', { addresses: ['100.64.0.2/32', 'fd7a:0::2/128'], user: '7', capabilities: own });
  const granted = { destinations: ['100.64.0.1/32'], capabilities: new Map([['example.com/cap/files', ['rw']]]) };
  const filter = { rules: [{ sources: ['100.64.0.2'], destinations: [], grants: [granted] }] };
  netmap.replace(SELF, [a, peer('web', { addresses: ['100.64.0.3'], tags: ['tag:web'] })], { users: new Map([['7', ann]]), filter });
  for (const text of ['100.64.0.2', '100.64.0.2:80'])
    expect(whois.of(text)).toEqual({ peer: a, user: ann, tags: [], capabilities: new Map([...own, ['example.com/cap/files', ['rw']]]) });
  for (const text of ['fd7a::2', '[fd7a::2]:80', 'fd7a:0:0::0002'])
    expect(whois.of(text)).toEqual({ peer: a, user: ann, tags: [], capabilities: own });
  expect(whois.of('100.64.0.3:1')).toMatchObject({ user: undefined, tags: ['tag:web'] });
  expect(whois.of('100.64.0.1')?.peer).toBe(SELF.node);
});

test('nobody is behind an address that no node has, and behind what is no address', () => {
  const { netmap, whois } = known();
  expect(whois.of('100.64.0.2')).toBeUndefined();
  netmap.replace(SELF, []);
  for (const text of ['100.64.0.2', '', 'web', '100.64.0.1:', '100.64.0.1:99999', '[100.64.0.1]:1']) expect(whois.of(text)).toBeUndefined();
});

test('grants follow the filter', () => {
  const { netmap, whois } = known();
  const granted = { destinations: ['*'], capabilities: new Map([['example.com/cap/files', []]]) };
  netmap.replace(SELF, [peer('a', { addresses: ['100.64.0.2'] })], { filter: { rules: [] } });
  expect(whois.of('100.64.0.2')!.capabilities.size).toBe(0);
  netmap.patch({ set: [], removed: [], filter: { rules: [{ sources: ['*'], destinations: [], grants: [granted] }] } });
  expect(whois.of('100.64.0.2')!.capabilities.size).toBe(1);
});

test('after any history addresses and names lead where the whole map leads', () => {
  const address = fc.constantFrom('100.64.0.2', '100.64.0.3/32', 'fd7a::2/128', 'FD7A:0::3');
  const some = fc.record({
    id: fc.constantFrom('a', 'b', 'c', 'd'),
    addresses: fc.array(address),
    name: fc.constantFrom('x.', 'Y', '', 'z'),
  });
  const step = fc.record({
    set: fc.array(some, { maxLength: 3 }),
    removed: fc.array(fc.constantFrom('a', 'b', 'c', 'd')),
    whole: fc.boolean(),
  });
  const unique = (peers: readonly Peer[]): Peer[] => [...new Map(peers.map((each) => [each.id, each])).values()];
  fc.assert(
    fc.property(fc.array(step, { maxLength: 20 }), (steps) => {
      const { netmap, directory } = known();
      for (const { set, removed, whole } of steps) {
        const peers = unique(set.map((each) => peer(each.id, each)));
        if (whole) netmap.replace(undefined, peers);
        else netmap.patch({ set: peers, removed: removed.filter((id) => !peers.some((each) => each.id === id)) });
        const afresh = new NodeDirectory();
        afresh.apply({ seq: 0, map: netmap.map, patch: undefined });
        for (const text of ['100.64.0.2', '100.64.0.3', 'fd7a::2', 'fd7a::3'])
          expect(directory.byAddress(text)).toBe(afresh.byAddress(text));
        for (const text of ['X', 'y.', 'z', '']) expect(directory.byName(text)).toBe(afresh.byName(text));
      }
    }),
    { seed: 1, numRuns: 200 },
  );
});
