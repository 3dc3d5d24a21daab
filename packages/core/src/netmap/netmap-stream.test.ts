import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { NetmapChange, Peer } from '../contracts/netmap.js';
import { NetmapStream, netmapDifference } from './netmap-stream.js';
import { PeerMap } from './peer-map.js';

const peer = (id: string, name = ''): Peer => ({ id, name, nodeKey: new Uint8Array(32), addresses: [], allowedIps: [], endpoints: [] });

function heard(stream: NetmapStream): NetmapChange[] {
  const changes: NetmapChange[] = [];
  stream.changes$.subscribe((change) => changes.push(change));
  return changes;
}

describe('a map of peers', () => {
  test('stays as it was when a later one is made from it', () => {
    const before = PeerMap.of([peer('a'), peer('b')]);
    const after = before.with([peer('c')], ['a']);
    expect([...before].map((p) => p.id).sort()).toEqual(['a', 'b']);
    expect([...after].map((p) => p.id).sort()).toEqual(['b', 'c']);
    expect([before.size, after.size]).toEqual([2, 2]);
  });

  test('after any history it equals a plain map, and shares what did not change', () => {
    const step = fc.record({ set: fc.array(fc.nat(40)), removed: fc.array(fc.nat(40)) });
    fc.assert(
      fc.property(fc.array(step), (steps) => {
        let map = PeerMap.empty;
        const model = new Map<string, Peer>();
        for (const { set, removed } of steps) {
          const peers = set.map((n) => peer(`p${n}`));
          map = map.with(
            peers,
            removed.map((n) => `p${n}`),
          );
          for (const n of removed) model.delete(`p${n}`);
          for (const p of peers) model.set(p.id, p);
        }
        expect(map.size).toBe(model.size);
        for (const [id, p] of model) expect(map.get(id)).toBe(p);
      }),
      { seed: 7, numRuns: 200 },
    );
  });
});

describe('a netmap stream', () => {
  test('numbers its changes and gives a late listener the whole map', () => {
    const stream = new NetmapStream();
    const early = heard(stream);
    stream.replace(undefined, [peer('a')]);
    stream.patch({ set: [peer('b')], removed: [] });
    const late = heard(stream);
    stream.patch({ set: [], removed: ['a'] });
    expect(early.map((change) => change.seq)).toEqual([1, 2, 3]);
    expect(late.map((change) => [change.seq, change.patch === undefined])).toEqual([
      [2, true],
      [3, false],
    ]);
    expect(late[1]!.map.peers.get('a')).toBeUndefined();
  });

  test('says nothing to a listener before control has spoken', () => {
    expect(heard(new NetmapStream())).toEqual([]);
  });

  test('a patch replaces the commons that it names and keeps the others', () => {
    const stream = new NetmapStream();
    const changes = heard(stream);
    const filter = { rules: [] };
    const relays = { regions: new Map() };
    stream.replace(undefined, [peer('a')], { filter, domain: 'one.example' });
    stream.patch({ set: [], removed: [], domain: 'two.example', relays });
    expect(stream.map).toMatchObject({ filter, relays, domain: 'two.example' });
    expect(stream.map.peers.get('a')).toBeDefined();
    expect(changes[1]!.patch).toEqual({ set: [], removed: [], domain: 'two.example', relays });
  });

  test('a whole new map has only the commons that it names', () => {
    const stream = new NetmapStream();
    stream.replace(undefined, [], { filter: { rules: [] }, domain: 'one.example' });
    stream.replace(undefined, [], { domain: 'two.example' });
    expect(stream.map.filter).toBeUndefined();
    expect(stream.map.domain).toBe('two.example');
  });

  test('who follows another netmap has its commons, with and without a patch', () => {
    const [first, second] = [new NetmapStream(), new NetmapStream()];
    first.changes$.subscribe((change) => second.follow(change));
    first.replace(undefined, [], { filter: { rules: [] } });
    first.patch({ set: [], removed: [], users: new Map() });
    expect(second.map.filter).toBe(first.map.filter);
    expect(second.map.users).toBe(first.map.users);
    first.replace(undefined, []);
    expect('filter' in second.map).toBe(false);
  });

  test('the difference of two maps names the commons that are not the same', () => {
    const filter = { rules: [] };
    const from = { self: undefined, peers: PeerMap.empty, filter, domain: 'one.example' };
    const to = { self: undefined, peers: PeerMap.empty, filter, domain: 'two.example' };
    expect(netmapDifference(from, to)).toEqual({ set: [], removed: [], domain: 'two.example' });
  });

  test('the difference of two maps leads from one to the other', () => {
    const shared = peer('same');
    const from = { self: undefined, peers: PeerMap.of([shared, peer('gone'), peer('changed', 'old')]) };
    const to = { self: undefined, peers: PeerMap.of([shared, peer('changed', 'new'), peer('fresh')]) };
    const patch = netmapDifference(from, to);
    expect(patch.set.map((p) => p.id).sort()).toEqual(['changed', 'fresh']);
    expect(patch.removed).toEqual(['gone']);
  });
});
