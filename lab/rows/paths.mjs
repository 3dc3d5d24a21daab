// @ts-check
// The direct path comes, goes and comes again, and the relay is there meanwhile.
import assert from 'node:assert/strict';
import { CENTRE } from '../lib/internet.mjs';
import { forgetMappings } from '../lib/nat.mjs';
import { pass, until } from '../lib/wait.mjs';
import { transfersBothWays } from '../stories/control.mjs';
import { reaches, recovers } from '../stories/mate.mjs';
import {
  behindNat,
  direct,
  distinct,
  dropUdp,
  fourAndBoth,
  moveTo,
  moveToIPv6,
  openUdp,
  overFibre,
  pairOf,
  relayCounter,
  replug,
  restless,
  talking,
  upgrades,
} from '../stories/paths.mjs';
import { only443, onlyProxy } from '../stories/walls.mjs';

const PORT = 8_000;
/** Milliseconds from the opening of UDP to a direct path. */
const MEDIAN = 2_000;
const MOST = 5_000;
/** Bytes that pass the relay while a page of 10 MB does not: keep-alives, and what was on its way. */
const IDLE = 100_000;
/**
 * Milliseconds until a transfer whose direct path dies goes on by the relay (E4). A tailscaled trusts a path for 6.5 s, and TCP at either end
 * has doubled its patience to as much again by then.
 */
const RELAYED = { ours: 5_000, theirs: 15_000 };
/** Seconds that such a transfer lasts: longer than both need to give the path up, and to take it again. */
const LASTS = 20;
/** Milliseconds from then on; one that fails twice, as on a busy machine it may, is held back for ten seconds. */
const AGAIN = 25_000;
/** Milliseconds until packets come back after a change of the network (E10), and after a peer's restart (E11). */
const CHANGED = 10_000;
const RESTARTED = 5_000;
/** The same after a NAT has restarted (E9; a tailscaled trusts the old place for 6.5 s), and after an outage (E10). */
const REBOOTED = { ours: 7_000, theirs: 10_000 };
const OUTAGE = 3_000;
/** A NAT that gives each mapping some port of these. */
const OTHER_PORTS =
  'table inet other { chain out { type nat hook postrouting priority 90; oifname "outside" meta l4proto udp masquerade to :50000-50999; }; }';

const KINDS = /** @type {const} */ ([
  { who: 'ours-theirs', left: 'ours', right: 'theirs', long: false },
  { who: 'ours-ours', left: 'ours', right: 'ours', long: false },
  { who: 'theirs-theirs', left: 'theirs', right: 'theirs', long: true },
]);

/** Those of them in which the first node is ours. */
const OURS = KINDS.filter(({ left }) => left === 'ours');
/** The usual delay of a slow path (E5), in each direction; one that varies by a fifth, and one that is 3.3 times as much, as a busy machine adds some. */
const USUAL = { delayMs: 50 };
const VARYING = { delayMs: 40, jitterMs: 20 };
const SLOW = { delayMs: 165 };
/** Milliseconds in which nothing varies, but in which all is learned; in which a path varies; until it is given up; until it is used again. */
const LEARNED = 15_000;
const VARIES = 30_000;
const GIVEN_UP = 15_000;
const USED_AGAIN = 25_000;

/** Seconds of work in two seconds in which nobody asks for anything. */
const IDLE_CPU = 0.5;

/** @typedef {import('../lib/lab.mjs').Lab} Lab */

/**
 * @param {Lab} lab
 * @param {{ a: Awaited<ReturnType<import('../stories/mate.mjs').ourMate>>, b: import('../stories/mate.mjs').Mate }} mates
 */
async function byRelayAlone(lab, { a, b }) {
  lab.note(`first answer after ${Math.round(await reaches(a, b, MOST))} ms`);
  await transfersBothWays(await a.web(), await b.web(), b.address, PORT);
  assert.deepEqual([await a.direct(b.name), await b.direct(a.name)], [undefined, undefined]);
  await a.node.request('watch');
  await pass(lab, 2_000);
  const { cpu } = await a.node.request('watched');
  lab.note(`${cpu.toFixed(2)} s of work in two seconds`);
  assert.ok(cpu < IDLE_CPU);
}

/** @param {readonly number[]} sorted @param {number} part */
const at = (sorted, part) => Math.round(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? Number.NaN);

/** @type {readonly import('../run.mjs').Row[]} */
export const rows = [
  {
    id: 'paths-upgrade',
    says: `UDP dropped: our node and a tailscaled exchange 10 MB both ways by the relay; UDP open: directly after ${MEDIAN} ms at the median, and the relay is idle`,
    seconds: 300,
    async run(lab) {
      const pair = await pairOf(lab, { left: 'theirs', right: 'ours', noUdp: 'both' });
      const { a, b } = pair;
      assert.match((await a.client?.cli('ping', '-c', '1', '--timeout=5s', '--until-direct=false', b.name)) ?? '', /via DERP\(lab\)/);
      await transfersBothWays(await a.web(), await b.web(), b.address, PORT);
      assert.deepEqual([await a.direct(b.name), await b.direct(a.name)], [undefined, undefined]);
      const times = await upgrades(lab, pair, { runs: lab.long ? 20 : 3, kind: 'ours' });
      await direct(lab, a, b);
      const relayed = await relayCounter(b.host);
      await transfersBothWays(await a.web(), await b.web(), b.address, PORT + 1);
      const bytes = await relayed();
      lab.note(`direct after ${at(times, 0.5)} ms, ${at(times, 0.95)} ms in 19 of 20; ${bytes} bytes by the relay then`);
      assert.ok(bytes < IDLE);
      assert.ok(at(times, 0.5) <= MEDIAN && at(times, 0.95) <= MOST);
    },
  },
  {
    id: 'paths-E8-one-side',
    says: 'E8: UDP dropped on one side: our node and a tailscaled exchange 10 MB both ways by the relay',
    async run(lab) {
      const pair = await pairOf(lab, { left: 'ours', right: 'theirs', noUdp: 'right' });
      const { a, b } = pair;
      await transfersBothWays(await a.web(), await b.web(), b.address, PORT);
      assert.deepEqual([await a.direct(b.name), await b.direct(a.name)], [undefined, undefined]);
    },
  },
  {
    id: 'paths-E8-443',
    says: 'E8: TCP to port 443 is all that leads out: our node joins, and exchanges 10 MB both ways with a tailscaled by the relay; it does not spin',
    async run(lab) {
      await byRelayAlone(lab, await only443(lab));
    },
  },
  {
    id: 'paths-E8-proxy',
    says: 'E8: an HTTP proxy with a password is all that leads out: the same',
    async run(lab) {
      const made = await onlyProxy(lab);
      await byRelayAlone(lab, made);
      const asked = new Set(await made.asked());
      assert.deepEqual([...asked].sort(), [`CONNECT ${CENTRE}:443 200`, `CONNECT ${CENTRE}:8080 200`]);
    },
  },
  ...KINDS.map(({ who, left, right, long }) => ({
    id: `paths-E4-${who}`,
    says: `E4: the direct path dies while a transfer goes on: it goes on by the relay, and directly again when the path is healed (${who})`,
    long,
    waits: true,
    async run(/** @type {Lab} */ lab) {
      const { a, b } = await pairOf(lab, { left, right });
      const [client, server] = [await a.web(), await b.web()];
      await server.listen(PORT, 1);
      await direct(lab, a, b);
      await client.beginTransfer(`http://${b.address}:${PORT}/`, LASTS);
      const begun = performance.now();
      for (const { host } of [a, b]) await dropUdp(host);
      await until(lab, 'the first sends by the relay', () => a.relayed(b.name), { deadline: RELAYED[left] });
      lab.note(`by the relay after ${Math.round(performance.now() - begun)} ms`);
      const givenUp = async () => (await a.direct(b.name)) === undefined && (await b.direct(a.name)) === undefined;
      await until(lab, 'both have given the direct path up', givenUp, { deadline: 15_000 });
      for (const { host } of [a, b]) await openUdp(host);
      const healed = performance.now();
      await until(lab, 'both send directly again', async () => (await a.direct(b.name)) && (await b.direct(a.name)), { deadline: AGAIN });
      lab.note(`directly again ${Math.round(performance.now() - healed)} ms after it was healed`);
      const { whole, longestGap } = await client.endTransfer();
      lab.note(`longest gap ${Math.round(longestGap)} ms`);
      assert.equal(whole, true);
      assert.ok(longestGap < RELAYED[right], `a gap of ${longestGap} ms`);
    },
  })),
  ...OURS.map(({ who, right }) => ({
    id: `paths-E5-${who}`,
    says: `E5: a direct path whose delay varies by a fifth is not left in half a minute; at 3.3 times its delay the relay takes over, and then it again (${who})`,
    long: true,
    waits: true,
    seconds: 150,
    async run(/** @type {Lab} */ lab) {
      const { a, b, fibre } = await overFibre(lab, { left: 'ours', right });
      await fibre.set(USUAL);
      await direct(lab, a, b);
      const first = () => a.direct(b.name);
      await talking(a, b, async () => {
        await pass(lab, LEARNED);
        await fibre.set(VARYING);
        const seen = await distinct(lab, first, VARIES);
        lab.note(`while it varies: ${seen.join(', then ')}`);
        assert.deepEqual(seen, ['10.99.0.2:41641']);
        await fibre.set(SLOW);
        const slow = performance.now();
        await until(lab, 'the relay takes over', async () => (await first()) === undefined, { deadline: GIVEN_UP });
        lab.note(`by relay after ${Math.round(performance.now() - slow)} ms`);
        await fibre.set(USUAL);
        const well = performance.now();
        await until(lab, 'the path is used again', first, { deadline: USED_AGAIN });
        lab.note(`directly again after ${Math.round(performance.now() - well)} ms`);
      });
    },
  })),
  ...KINDS.map(({ who, left, right, long }) => ({
    id: `paths-E10-${who}`,
    says: `E10: interface down and up, then another address: packets come back within ${CHANGED} ms (${who})`,
    long,
    async run(/** @type {Lab} */ lab) {
      const { a, b } = await pairOf(lab, { left, right });
      await direct(lab, a, b);
      await replug(a.host);
      lab.note(`${Math.round(await recovers(a, b, CHANGED))} ms after the interface was up`);
      await moveTo(a.host, '11.77.0.11', '11.77.0.99');
      lab.note(`${Math.round(await recovers(a, b, CHANGED))} ms after the change of address`);
      await direct(lab, a, b);
      assert.match((await b.direct(a.name)) ?? '', /^11\.77\.0\.99:/);
    },
  })),
  ...KINDS.map(({ who, left, right, long }) => ({
    id: `paths-E10-v6-${who}`,
    says: `E10: the only network of a node becomes one of IPv6 alone: packets come back within ${CHANGED} ms, and directly (${who})`,
    long,
    waits: true,
    async run(/** @type {Lab} */ lab) {
      const { a, b } = await fourAndBoth(lab, { left, right });
      await direct(lab, a, b);
      await moveToIPv6(a.host, '11.77.0.11', 11);
      lab.note(`${Math.round(await recovers(a, b, CHANGED))} ms after it`);
      await direct(lab, a, b);
      assert.match((await b.direct(a.name)) ?? '', /^\[2001:db8:77::11\]:/);
    },
  })),
  ...OURS.map(({ who, right }) => ({
    id: `paths-E10-restless-${who}`,
    says: `E10: a hundred changes of address and ten of the cable in ten seconds: packets come back within ${CHANGED} ms, and nothing is left open (${who})`,
    long: right === 'theirs',
    waits: true,
    async run(/** @type {Lab} */ lab) {
      const { a, b } = await pairOf(lab, { left: 'ours', right });
      await direct(lab, a, b);
      const before = await a.node?.request('descriptors');
      const last = await restless(a.host, '11.77.0.11');
      lab.note(`${Math.round(await recovers(a, b, CHANGED))} ms after the last`);
      await direct(lab, a, b);
      await until(lab, 'it is reached at the last address', async () => (await b.direct(a.name))?.startsWith(`${last}:`), {
        deadline: CHANGED,
      });
      await until(lab, 'as much is open as before', async () => (await a.node?.request('descriptors')) <= before + 1);
    },
  })),
  ...KINDS.map(({ who, left, right, long }) => ({
    id: `paths-E11-${who}`,
    says: `E11: the peer crashes and starts again with another disco key: packets come back within ${RESTARTED} ms (${who})`,
    long,
    async run(/** @type {Lab} */ lab) {
      const { a, b } = await pairOf(lab, { left, right });
      await direct(lab, a, b);
      await b.restart();
      lab.note(`${Math.round(await recovers(a, b, RESTARTED))} ms after its start`);
      await direct(lab, a, b);
    },
  })),
  ...KINDS.map(({ who, left, right }) => ({
    id: `paths-E9-${who}`,
    says: `E9: the NAT before our node forgets its mappings and gives others: packets come back within ${REBOOTED[right]} ms (${who})`,
    long: right === 'theirs',
    async run(/** @type {Lab} */ lab) {
      const { a, b, nat } = await behindNat(lab, { left, right });
      await direct(lab, a, b);
      const before = await b.direct(a.name);
      await nat.nft(OTHER_PORTS);
      await forgetMappings(nat);
      lab.note(`${Math.round(await recovers(a, b, REBOOTED[right]))} ms after it`);
      await direct(lab, a, b);
      await until(lab, 'the place is another one', async () => (await b.direct(a.name)) !== before);
    },
  })),
  ...KINDS.map(({ who, left, right }) => ({
    id: `paths-E10-outage-${who}`,
    says: `E10: the cable of our node is out for five seconds: packets come back within ${OUTAGE} ms, and a transfer goes on (${who})`,
    long: true,
    async run(/** @type {Lab} */ lab) {
      const { a, b, centre } = await pairOf(lab, { left, right });
      const [client, server] = [await b.web(), await a.web()];
      await server.listen(PORT, 1);
      await direct(lab, a, b);
      await client.beginTransfer(`http://${a.address}:${PORT}/`, LASTS);
      await centre.ip('link', 'set', 'to-11', 'down');
      await pass(lab, 5_000);
      await centre.ip('link', 'set', 'to-11', 'up');
      lab.note(`${Math.round(await recovers(a, b, OUTAGE))} ms after it`);
      const { whole, longestGap } = await client.endTransfer();
      lab.note(`longest gap ${Math.round(longestGap)} ms`);
      assert.equal(whole, true);
    },
  })),
];
