import { isDeepStrictEqual } from 'node:util';
import { SeededRandom } from '@heddle/testing';
import { describe, expect, test } from 'vitest';
import { Follower } from '../../test/map-follower.js';
import { type Choose, MapServer } from '../../test/map-server.js';
import { node, type Raw, WALL, whole } from '../../test/map-world.js';

/** `HEDDLE_SEQUENCES=10000` runs as many as were once wanted; each run of the tests takes fewer. */
const SEQUENCES = Number(process.env.HEDDLE_SEQUENCES ?? 150);
const STEPS = 12;

function chooser(seed: number): Choose {
  const random = new SeededRandom(seed);
  const word = new Uint8Array(4);
  return (below) => {
    random.fill(word);
    return new DataView(word.buffer).getUint32(0) % below;
  };
}

/** A server and who has followed all of its deltas. */
function told(seed: number): { readonly server: MapServer; readonly follower: Follower } {
  const server = new MapServer(chooser(seed));
  server.atLeastOne();
  const follower = Follower.of(server.whole());
  for (let step = 0; step < STEPS; step++) follower.take(server.delta());
  follower.take(server.atLeastOne());
  return { server, follower };
}

describe('deltas', () => {
  test('C9: in any sequence come to what a whole map says, for who listens to the patches', () => {
    for (let seed = 1; seed <= SEQUENCES; seed++) {
      const { server, follower } = told(seed);
      const fresh = Follower.of(server.whole());
      if (!isDeepStrictEqual(follower.knows, fresh.knows)) expect({ seed, ...follower.knows }).toEqual({ seed, ...fresh.knows });
    }
  });

  test('C9: a new poll that tells everything again says nothing that is known already', () => {
    for (let seed = 1; seed <= 50; seed++) {
      const { server, follower } = told(seed);
      follower.session.begin();
      expect([seed, follower.take(server.whole()).patch]).toEqual([seed, undefined]);
    }
  });
});

const many = (count: number): Raw[] => Array.from({ length: count }, (_, i) => node(2 + i));

test('C9: a list of changes that is long comes to what the same changes say one by one, whatever else the frame holds', () => {
  const changed = [...many(300).map((peer) => ({ ...peer, Online: false })), { ID: 4_000 }, node(1)];
  const [long, short] = [Follower.of(whole(many(250))), Follower.of(whole(many(250)))];
  expect(JSON.stringify(changed).length).toBeGreaterThan(1 << 16);
  const { skipped, patch } = long.take({ PeersRemoved: [251, 3], Peers: [], PeersChanged: changed, OnlineChange: { 5: true } });
  short.take({ PeersRemoved: [251, 3] });
  for (const peer of changed) short.take({ PeersChanged: [peer] });
  short.take({ OnlineChange: { 5: true } });
  expect(long.knows).toEqual(short.knows);
  expect([skipped, patch?.set.length, long.peers.size, long.peers.get('5')?.online]).toEqual([2, 299, 300, true]);
});

describe('C9: a storm', () => {
  test('of patches touches only the peers that they name, and ends where a whole map would', () => {
    const nodes = many(300);
    const follower = Follower.of(whole(nodes));
    const before = new Map(follower.peers);
    for (let i = 0; i < 600; i++) {
      const id = 2 + (i % 100);
      const { patch } = follower.take({
        PeersChangedPatch: [
          { NodeID: id, Endpoints: [`192.0.2.1:${1 + i}`] },
          { NodeID: 5_000 + i, Online: false },
        ],
      });
      expect(patch?.set.map((peer) => peer.id)).toEqual([String(id)]);
    }
    const kept = [...follower.peers.values()].filter((peer) => before.get(peer.id) === peer);
    expect(kept).toHaveLength(200);
    const last = nodes.map((one, i) => (i < 100 ? { ...one, Endpoints: [`192.0.2.1:${501 + i}`] } : one));
    expect(follower.knows).toEqual(Follower.of(whole(last)).knows);
  });

  test('of comings and goings of one peer leaves what came last', () => {
    const follower = Follower.of(whole([node(2)]));
    for (let i = 0; i < 500; i++) follower.take(i % 2 === 0 ? { PeersChanged: [node(3)], Seq: 500 - i } : { PeersRemoved: [3], Seq: i });
    expect([...follower.peers.keys()]).toEqual(['2']);
    follower.take({ PeersRemoved: [3], PeersChanged: [node(3)] });
    expect([...follower.peers.keys()]).toEqual(['2', '3']);
  });

  test('of whole maps that say the same makes no patch at all', () => {
    const frame = whole(many(200));
    const follower = Follower.of(frame);
    for (let i = 0; i < 20; i++) expect(follower.take(frame, WALL + i).patch).toBeUndefined();
  });

  test('from none to thousands and back to one keeps nothing of those that went', () => {
    const follower = Follower.of(whole([node(2)]));
    expect(follower.take({ Peers: many(2_000) }).patch?.set).toHaveLength(1_999);
    expect(follower.take({ Peers: [node(2)] }).patch?.removed).toHaveLength(1_999);
    expect(follower.knows).toEqual(Follower.of(whole([node(2)])).knows);
  });
});
