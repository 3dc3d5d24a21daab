import type { Netmap, NetmapChange, NetmapPatch, Peer } from '@heddle/core';
import { parsePrefix } from '@heddle/wire';
import { latest } from '../foundation/latest.js';
import { expectThat, type Rule } from '../foundation/rule.js';
import { controlRule } from './control-bench.js';
import type { ControlHarness } from './harness.js';
import { COMMONS, describeCommon, describeMap, describePeer } from './netmap-text.js';

const CHANGES = 9;

export const netmapRules: readonly Rule<ControlHarness>[] = [
  controlRule(
    'control/seq',
    'seq grows by exactly one with each change of netmap$.',
    'Consumers apply patches: a gap tells them that they missed one and must take the whole map.',
    async (bench) => {
      await bench.start();
      await bench.change(CHANGES);
      const numbers = bench.seen.map(({ change }) => change.seq);
      const gap = numbers.findIndex((seq, i) => i > 0 && seq !== numbers[i - 1]! + 1);
      expectThat(gap < 0, `seq went from ${numbers[gap - 1]} to ${numbers[gap]}: a gap`);
    },
  ),
  controlRule(
    'control/late-subscriber',
    'A late subscriber of netmap$ is given the latest change at once, as a whole map: the same seq, the same peers, patch undefined.',
    'Services start after control; a patch without the map that it belongs to is worth nothing.',
    async (bench) => {
      await bench.start();
      await bench.change(3);
      const replayed = latest(bench.control.netmap$);
      const last = bench.seen.at(-1)!;
      expectThat(replayed !== undefined, 'netmap$ replayed nothing to a late subscriber');
      expectThat(replayed.patch === undefined, 'a late subscriber was given a patch instead of a whole map');
      expectThat(replayed.seq === last.change.seq, `it was given seq ${replayed.seq}, the latest is ${last.change.seq}`);
      expectThat(describeMap(replayed.map) === last.text, 'it was given another map than the early subscriber');
    },
  ),
  controlRule(
    'control/changes',
    'Each change of the server is told, and the latest map shows it: none is lost, and no old map comes back after a new one.',
    'The last map that core was told is what it routes by until the next change, which may be days away.',
    async (bench) => {
      await bench.start();
      for (let n = 0; n < CHANGES; n++) {
        const before = bench.seen.at(-1)!.text;
        await bench.changeNext();
        await bench.untilQuiet(() => bench.seen.length);
        expectThat(bench.seen.at(-1)!.text !== before, `after change ${n} the latest map is the old one again`);
      }
    },
  ),
  controlRule(
    'control/self',
    'A map with peers says who we are: self is there, with an address.',
    'Without self the Stack has no address and the filter lets nothing in, so that the peers are worth nothing.',
    async (bench) => {
      await bench.start();
      await bench.change(CHANGES);
      const without = bench.seen.find(({ change: { map } }) => map.peers.size > 0 && (map.self?.addresses ?? []).length === 0);
      expectThat(without === undefined, `the map of seq ${without?.change.seq} has peers, but no self with an address`);
    },
  ),
  controlRule(
    'control/snapshots-immutable',
    'A map that was handed out never changes: each change is a new, immutable snapshot, also for the peers in it.',
    'Core compares the old map with the new one to find out what to do; a map that changes under it hides the change.',
    async (bench) => {
      await bench.start();
      await bench.change(CHANGES);
      const changed = bench.seen.findIndex(({ change, text }) => describeMap(change.map) !== text);
      expectThat(changed < 0, `the map of seq ${bench.seen[changed]?.change.seq} changed after it had been handed out: not immutable`);
    },
  ),
  controlRule(
    'control/patch-exact',
    'A patch is exactly the difference between the map before and the map after: nothing more, nothing less.',
    'Sessions, routes and names are changed by the patch alone; a peer that it forgets keeps its old key.',
    async (bench) => {
      await bench.start();
      await bench.change(CHANGES);
      for (let i = 1; i < bench.seen.length; i++) expectPatch(bench.seen[i - 1]!.change, bench.seen[i]!.change);
    },
  ),
  controlRule(
    'control/peers',
    'Peers are well formed: an id of their own, a key of 32 bytes, prefixes that can be parsed, endpoints as remote texts.',
    'One bad peer from a server must not keep the others from being configured.',
    async (bench) => {
      await bench.start();
      await bench.change(3);
      for (const { change } of bench.seen) expectPeers(change.map);
    },
  ),
];

function expectPatch(before: NetmapChange, after: NetmapChange): void {
  const { patch, map, seq } = after;
  if (patch === undefined) return;
  const named = new Set([...patch.set.map(({ id }) => id), ...patch.removed]);
  for (const peer of patch.set) {
    const now = map.peers.get(peer.id);
    expectThat(now !== undefined && same(now, peer), `the patch of seq ${seq} sets peer ${peer.id} to something that the map does not say`);
  }
  for (const id of patch.removed)
    expectThat(map.peers.get(id) === undefined, `the patch of seq ${seq} removes peer ${id}, which is still in the map`);
  expectNothingMore(before.map, patch, seq);
  for (const peer of map.peers) {
    const was = before.map.peers.get(peer.id);
    expectThat(
      named.has(peer.id) || (was !== undefined && same(was, peer)),
      `the patch of seq ${seq} does not name peer ${peer.id}, which differs`,
    );
  }
  for (const { id } of before.map.peers)
    expectThat(named.has(id) || map.peers.get(id) !== undefined, `the patch of seq ${seq} does not name peer ${id}, which is gone`);
  const selfChanged = JSON.stringify(before.map.self) !== JSON.stringify(map.self);
  expectThat(!selfChanged || patch.self !== undefined, `the patch of seq ${seq} does not say that self changed`);
  for (const name of COMMONS)
    expectThat(
      patch[name] !== undefined || describeCommon(before.map, name) === describeCommon(map, name),
      `the patch of seq ${seq} does not say that ${name} changed`,
    );
}

/** Each peer that is named is another configuration of a session: with every peer in it, a patch costs what a whole map costs. */
function expectNothingMore(before: Netmap, { set, removed }: NetmapPatch, seq: number): void {
  for (const peer of set) {
    const was = before.peers.get(peer.id);
    expectThat(was === undefined || !same(was, peer), `the patch of seq ${seq} sets peer ${peer.id}, which did not change`);
  }
  for (const id of removed)
    expectThat(before.peers.get(id) !== undefined, `the patch of seq ${seq} removes peer ${id}, which was not there`);
}

function same(a: Peer, b: Peer): boolean {
  return a === b || describePeer(a) === describePeer(b);
}

function expectPeers({ self, peers }: Netmap): void {
  const list = [...peers];
  expectThat(list.length === peers.size, `peers.size is ${peers.size}, but there are ${list.length}`);
  expectThat(new Set(list.map(({ id }) => id)).size === list.length, 'two peers have the same id');
  for (const peer of list) expectPeer(peer, peers.get(peer.id));
  for (const address of self?.addresses ?? [])
    expectThat(parsePrefix(address) !== undefined, `self has the address "${address}", which is no address with prefix`);
}

function expectPeer(peer: Peer, found: Peer | undefined): void {
  expectThat(typeof peer.id === 'string' && peer.id !== '', 'a peer has no id');
  expectThat(found === peer, `peers.get("${peer.id}") is not the peer that the list holds`);
  const keys = [peer.nodeKey, peer.presharedKey, peer.discoKey].filter((key) => key !== undefined);
  for (const key of keys)
    expectThat(key instanceof Uint8Array && key.length === 32, `a key of peer ${peer.id} has ${key.length} bytes, not 32`);
  expectThat(peer.nodeKey !== undefined, `peer ${peer.id} has no node key`);
  for (const prefix of peer.allowedIps)
    expectThat(parsePrefix(prefix) !== undefined, `peer ${peer.id} has "${prefix}", which is no prefix`);
  for (const text of [...peer.endpoints, ...(peer.homeRelay === undefined ? [] : [peer.homeRelay])])
    expectThat(/^[a-z][a-z0-9+.-]*:./.test(text), `peer ${peer.id} has the endpoint "${text}", which is no remote text`);
}
