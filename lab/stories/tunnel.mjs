// @ts-check
// What any two WireGuard programs can do with each other.
import assert from 'node:assert/strict';
import { udpMappings } from '../lib/nat.mjs';
import { directly, endpoint, INNER, OUTER, PORT, peerOf, renumber, throughNat, throughWire, tunnel } from '../lib/tunnel.mjs';
import { pass, until } from '../lib/wait.mjs';
import { newPresharedKey } from '../lib/wg.mjs';

/**
 * @typedef {import('../run.mjs').Row} Row
 * @typedef {import('../lib/lab.mjs').Lab} Lab
 * @typedef {import('../lib/peer.mjs').Kind} Kind
 * @typedef {{ left: Kind, right: Kind }} Pair
 */

/** @param {import('../lib/ping.mjs').Pinged} pinged */
export function allInOrder(pinged) {
  const { sent, received, inOrder, missing } = pinged;
  assert.deepEqual({ received, inOrder, missing }, { received: sent, inOrder: true, missing: [] });
}

/**
 * Debian's version goes on with the source address that it has lost, until the new handshake
 * after 15 s without an answer (ENETUNREACH, where it expects EINVAL of older kernels); the current one notices at once.
 * @param {import('../lib/peer.mjs').Peer} peer that was given another address
 * @param {string} address
 * @param {Kind} kind
 */
async function speaksAgain(peer, address, kind) {
  if (kind !== 'debian') return;
  const answered = async () => (await peer.ping(address, { wait: 0.5 })).received === 1;
  await until(peer.host.lab, 'an answer from the new address', answered, { deadline: 20_000 });
}

/** @typedef {{ id: string, says: string, long?: boolean, waits?: boolean, run: (lab: Lab, pair: Pair) => Promise<void> }} Story */

/** @type {readonly Story[]} */
export const TUNNEL_STORIES = [
  {
    id: 'echo',
    says: 'a handshake and 100 echoes in order, from either side, without and with a preshared key',
    async run(lab, pair) {
      const { a, b, keys } = await tunnel(await directly(lab), pair);
      allInOrder(await a.ping(INNER.b[4], { count: 100 }));
      assert.notEqual((await b.peer(keys.a.public))?.handshakeAt, 0);
      const psk = newPresharedKey();
      await a.removePeer(keys.b.public);
      await b.removePeer(keys.a.public);
      await a.setPeer({ ...peerOf('b', keys.b.public), psk });
      await b.setPeer({ ...peerOf('a', keys.a.public), psk: newPresharedKey() });
      assert.equal((await b.ping(INNER.a[4], { count: 2, wait: 1 })).received, 0, 'keys differ');
      await b.removePeer(keys.a.public);
      await b.setPeer({ ...peerOf('a', keys.a.public), psk });
      allInOrder(await b.ping(INNER.a[4], { count: 100, wait: 7 }));
    },
  },
  {
    id: 'ipv6',
    says: 'IPv6 outside, both versions inside',
    async run(lab, pair) {
      const { a, b, keys } = await tunnel(await directly(lab), { ...pair, outer: 6 });
      allInOrder(await a.ping(INNER.b[6], { count: 100 }));
      allInOrder(await b.ping(INNER.a[4], { count: 100 }));
      assert.equal((await b.peer(keys.a.public))?.endpoint, endpoint(OUTER.a[6], PORT));
    },
  },
  {
    id: 'impaired',
    says: 'with 20 ms of delay and 5 % loss each way, echoes take 40 ms and the wire alone loses some',
    async run(lab, pair) {
      const underlay = await throughWire(lab, { seed: 3 });
      const { a } = await tunnel(underlay, pair);
      await underlay.wire.set({ delayMs: 20, loss: 0.05 });
      // The handshake itself may be lost; the next attempt comes after 5 s.
      await until(lab, 'the first echo', async () => (await a.ping(INNER.b[4], { wait: 6 })).received > 0, { deadline: 20_000 });
      const before = await underlay.wire.counters();
      const pinged = await a.ping(INNER.b[4], { count: 200 });
      const after = await underlay.wire.counters();
      const lost = after.left.lost + after.right.lost - before.left.lost - before.right.lost;
      assert.ok(pinged.median >= 40 && pinged.median < 45, `median ${pinged.median} ms`);
      assert.ok(pinged.inOrder);
      assert.ok(lost > 0 && 200 - pinged.received <= lost, `${200 - pinged.received} echoes and ${lost} frames lost`);
      lab.note(`${pinged.received} of 200 echoes, median ${pinged.median} ms`);
    },
  },
  {
    id: 'nat',
    waits: true,
    says: 'behind a NAT that forgets after 5 s: unreachable when idle, reachable with a keepalive of 3 s',
    async run(lab, pair) {
      const underlay = await throughNat(lab, { udpTimeout: 5 });
      const { a, b, keys } = await tunnel(underlay, pair);
      allInOrder(await a.ping(INNER.b[4], { count: 10 }));
      allInOrder(await b.ping(INNER.a[4], { count: 10 }));
      // wireguard-go may begin a needless second handshake after 5 s, when the response came before its timer was set.
      // What follows that lets the NAT forget later (b's own keepalive comes 10 s after the last echo), but nothing goes on for ever.
      await until(lab, 'the NAT forgets', async () => (await udpMappings(underlay.nat)).length === 0, { deadline: 25_000, every: 250 });
      assert.equal((await b.ping(INNER.a[4], { wait: 0.5 })).received, 0);
      await a.setPeer({ ...peerOf('b', keys.b.public), keepalive: 3 });
      await until(lab, 'the keepalive opens the NAT', async () => (await udpMappings(underlay.nat)).length > 0);
      await pass(lab, 10_000);
      allInOrder(await b.ping(INNER.a[4], { count: 10 }));
    },
  },
  {
    id: 'roaming',
    waits: true,
    says: 'each side follows the other to a new address',
    async run(lab, pair) {
      const { a, b, keys } = await tunnel(await directly(lab), pair);
      allInOrder(await a.ping(INNER.b[4], { count: 10 }));
      await renumber(a.host, OUTER.a[4], '10.77.0.11');
      await speaksAgain(a, INNER.b[4], pair.left);
      allInOrder(await a.ping(INNER.b[4], { count: 10 }));
      assert.equal((await b.peer(keys.a.public))?.endpoint, endpoint('10.77.0.11', PORT));
      await renumber(b.host, OUTER.b[4], '10.77.0.12');
      await speaksAgain(b, INNER.a[4], pair.right);
      allInOrder(await b.ping(INNER.a[4], { count: 10 }));
      assert.equal((await a.peer(keys.b.public))?.endpoint, endpoint('10.77.0.12', PORT));
      allInOrder(await a.ping(INNER.b[4], { count: 10 }));
    },
  },
  {
    id: 'restart',
    says: 'a peer that crashed and speaks again is back at once',
    async run(lab, pair) {
      const { a, b } = await tunnel(await directly(lab), pair);
      allInOrder(await a.ping(INNER.b[4], { count: 10 }));
      await a.restart();
      allInOrder(await a.ping(INNER.b[4], { count: 10 }));
      allInOrder(await b.ping(INNER.a[4], { count: 10 }));
    },
  },
];

/**
 * Each story for each pair.
 * @param {string} group
 * @param {readonly Pair[]} pairs
 * @param {readonly Story[]} stories
 * @returns {readonly Row[]}
 */
export function rowsOf(group, pairs, stories) {
  return pairs.flatMap((pair) =>
    stories.map((story) => ({
      id: `${group}-${story.id}-${pair.left}-${pair.right}`,
      says: `${pair.left} and ${pair.right}: ${story.says}`,
      ...(story.long && { long: true, seconds: 700 }),
      ...(story.waits && { waits: true }),
      run: (/** @type {Lab} */ lab) => story.run(lab, pair),
    })),
  );
}
