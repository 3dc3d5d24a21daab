// @ts-check
// Many handshakes, many echoes, and a peer that comes back in silence.
import assert from 'node:assert/strict';
import { directly, INNER, peerOf, tunnel } from '../lib/tunnel.mjs';
import { pass, until } from '../lib/wait.mjs';
import { newPresharedKey } from '../lib/wg.mjs';
import { allInOrder } from './tunnel.mjs';

/** The stamp of an initiation has steps of 17 ms, and wireguard-go takes 50 ms between two for a flood. */
const APART = 60;

/**
 * One side forgets the other and speaks again, as often as asked; each time a handshake must come of it.
 * @param {import('../lib/lab.mjs').Lab} lab
 * @param {import('./tunnel.mjs').Pair} pair
 * @param {{ outer: 4 | 6, psk?: string, times: number }} options
 */
async function handshakes(lab, pair, { outer, psk, times }) {
  const { a, keys } = await tunnel(await directly(lab), { ...pair, outer, ...(psk !== undefined && { psk }) });
  for (let n = 0; n < times; n++) {
    await a.removePeer(keys.b.public);
    await a.setPeer({ ...peerOf('b', keys.b.public, outer), psk });
    const { received } = await a.ping(INNER.b[n % 2 === 0 ? 4 : 6], { wait: 2 });
    assert.equal(received, 1, `handshake ${n + 1} of ${times}`);
    await pass(lab, APART);
  }
}

/** @type {readonly import('./tunnel.mjs').Story[]} */
export const HANDSHAKE_STORIES = [
  {
    id: 'handshakes',
    says: '100 of 100 handshakes, the left side first, over IPv4',
    async run(lab, pair) {
      await handshakes(lab, pair, { outer: 4, times: 100 });
    },
  },
  {
    id: 'handshakes-psk-ipv6',
    says: '100 of 100 handshakes, the left side first, over IPv6 with a preshared key',
    async run(lab, pair) {
      await handshakes(lab, pair, { outer: 6, psk: newPresharedKey(), times: 100 });
    },
  },
  {
    id: 'echoes',
    says: '1,000 echoes in order from either side',
    async run(lab, pair) {
      const { a, b } = await tunnel(await directly(lab), pair);
      allInOrder(await a.ping(INNER.b[4], { count: 1_000, interval: 0.003 }));
      allInOrder(await b.ping(INNER.a[6], { count: 1_000, interval: 0.003 }));
    },
  },
  {
    id: 'silent',
    waits: true,
    says: 'a peer that crashed and stays silent answers again by the protocol’s own timers, within 16 s of unanswered data',
    async run(lab, pair) {
      const { a, b } = await tunnel(await directly(lab), pair);
      allInOrder(await a.ping(INNER.b[4], { count: 3 }));
      await b.restart();
      const began = performance.now();
      await until(lab, 'an answer', async () => (await a.ping(INNER.b[4], { wait: 0.5 })).received === 1, { deadline: 16_000 });
      const seconds = (performance.now() - began) / 1_000;
      assert.ok(seconds < 16.5, `${seconds.toFixed(1)} s`);
      lab.note(`answered after ${seconds.toFixed(1)} s`);
    },
  },
  {
    id: 'soak',
    says: '10 minutes of echoes across rekeys, none lost',
    long: true,
    async run(lab, pair) {
      const { a, b, keys } = await tunnel(await directly(lab), pair);
      const seen = new Set();
      for (let minute = 0; minute < 10; minute++) {
        allInOrder(await a.ping(INNER.b[4], { count: 300, interval: 0.1 }));
        allInOrder(await b.ping(INNER.a[6], { count: 300, interval: 0.1 }));
        seen.add((await a.peer(keys.b.public))?.handshakeAt);
      }
      assert.ok(seen.size >= 5, `${seen.size} sessions`);
      lab.note(`${seen.size} sessions`);
    },
  },
];
