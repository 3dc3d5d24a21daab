// @ts-check
// Scenarios A8, A10, A11 and A14: floods made outside our code, a line that damages, and hosts that refuse.
import assert from 'node:assert/strict';
import { INNER, OUTER, PORT, peerOf, throughWire, tunnel } from '../lib/tunnel.mjs';
import { pass, until } from '../lib/wait.mjs';
import { arrive, blast, drops, field, flood } from '../stories/attack.mjs';

/**
 * @typedef {import('../run.mjs').Row} Row
 * @typedef {import('../lib/our-node.mjs').OurNode} OurNode
 * @typedef {import('../stories/attack.mjs').FloodKind} FloodKind
 */

const RATE = 5_000;
/** Echoes are counted without and with the flood in turns. A machine that has other work to do spoils some: the first good turn counts. */
const TURNS = 10;
const COUNTED = 0.8;
/** The flood is there before it is measured, and outlasts the measurement. */
const AROUND = 0.4;

/** What happens to the datagrams of each kind. @type {Record<FloodKind, readonly string[]>} */
const REASONS = {
  random: ['malformed', 'unknown-type', 'unknown-index', 'bad-mac1'],
  'bad-mac1': ['bad-mac1'],
  initiations: ['bad-mac2', 'bad-handshake'],
  cookies: ['bad-mac2', 'bad-handshake', 'rate-limit'],
  indices: ['unknown-index'],
};

/** @param {Record<string, number>} counted @param {readonly string[]} reasons */
function total(counted, reasons) {
  return reasons.reduce((sum, reason) => sum + (counted[reason] ?? 0), 0);
}

/** @param {FloodKind} kind @param {boolean} spoofed @returns {Row} */
function floodRow(kind, spoofed) {
  const source = spoofed ? 'spoofed sources' : 'one address';
  return {
    id: `attack-A8-${kind}-${spoofed ? 'spoofed' : 'one-address'}`,
    says: `A8: ${RATE} a second of ${kind} from ${source} leave a tunnel to wireguard-go half of its echoes, and the event loop its pace`,
    async run(lab) {
      const site = await field(lab);
      await blast(site, 2); // the first packets pay for the compiler
      const faults = await firstGood(TURNS, () => measure(site, kind, spoofed));
      assert.deepEqual(faults, []);
    },
  };
}

/**
 * One turn: what is wrong with it.
 * @param {import('../stories/attack.mjs').Field} site
 * @param {FloodKind} kind
 * @param {boolean} spoofed
 */
async function measure(site, kind, spoofed) {
  const before = total(await drops(site), REASONS[kind]);
  const calm = await blast(site, COUNTED);
  const sending = flood(site, { kind, rate: RATE, seconds: COUNTED + 2 * AROUND, spoofed });
  await pass(site.lab, AROUND * 1_000);
  const flooded = await blast(site, COUNTED);
  const report = await sending;
  const counted = (total(await drops(site), REASONS[kind]) - before) / report.sent;
  const rate = report.sent / report.seconds;
  const kept = flooded.answered / calm.answered;
  site.lab.note(`${Math.round(rate)} a second, ${percent(counted)} counted; ${percent(kept)} of ${calm.answered / COUNTED} echoes/s kept`);
  site.lab.note(`event loop p99 ${flooded.delay.toFixed(1)} ms, ${calm.delay.toFixed(1)} without`);
  return wrong([
    [rate >= 0.7 * RATE, `the flood itself reached only ${rate} a second`],
    [counted >= 0.9, `${percent(counted)} of the flood were counted under ${REASONS[kind].join(', ')}`],
    [counted <= 1.1, `${percent(counted)} were counted: some are of the turn before`],
    [kept >= 0.5, `${percent(kept)} of the echoes were kept`],
    [kept <= 1.5, `${percent(kept)} of the echoes were kept: without the flood something else was in the way`],
    [flooded.delay <= 100, `event loop p99 ${flooded.delay} ms`],
  ]);
}

/** @param {readonly (readonly [holds: boolean, otherwise: string])[]} claims */
function wrong(claims) {
  return claims.filter(([holds]) => !holds).map(([, otherwise]) => otherwise);
}

/**
 * Tries so often until nothing is wrong; what was wrong the last time.
 * @param {number} most
 * @param {(n: number) => Promise<readonly string[]>} attempt
 */
async function firstGood(most, attempt) {
  for (let n = 1; ; n++) {
    const faults = await attempt(n);
    if (faults.length === 0 || n === most) return faults;
  }
}

/** @param {number} share */
function percent(share) {
  return `${Math.round(100 * share)} %`;
}

/**
 * wireguard-go sends again 5.0 to 5.3 s after its first initiation, cookie or not; ours as soon as it has the cookie.
 * @param {'ours' | 'current'} kind @param {number} limit seconds
 * @returns {Row}
 */
function newcomerRow(kind, limit) {
  return {
    id: `attack-A8-newcomer-${kind}`,
    says: `A8: a newcomer (${kind}) connects within ${limit} s while ${RATE} initiations a second with a valid mac1 come from spoofed sources`,
    async run(lab) {
      const site = await field(lab);
      const newcomer = await arrive(site, kind);
      const faults = await firstGood(3, async (n) => {
        if (n > 1) await newcomer.restart();
        return comes(site, newcomer, limit);
      });
      assert.deepEqual(faults, []);
    },
  };
}

/**
 * A first echo through the flood: what is wrong with it.
 * @param {import('../stories/attack.mjs').Field} site
 * @param {import('../lib/peer.mjs').Peer} newcomer
 * @param {number} limit seconds
 */
async function comes(site, newcomer, limit) {
  const before = (await drops(site))['bad-mac2'] ?? 0;
  const flooded = flood(site, { kind: 'initiations', rate: RATE, seconds: 10, spoofed: true });
  await until(site.lab, 'the victim asks for cookies', async () => ((await drops(site))['bad-mac2'] ?? 0) > before + 100);
  const began = performance.now();
  const { received } = await newcomer.ping(INNER.b[4], { wait: limit });
  site.lab.note(`${((performance.now() - began) / 1_000).toFixed(2)} s`);
  await flooded;
  return wrong([[received === 1, `no answer within ${limit} s`]]);
}

/** @type {Row} */
const indices = {
  id: 'attack-A10-indices',
  says: 'A10: guessed receiver indices cost less than 5 µs each beyond receiving them, and no echo afterwards',
  async run(lab) {
    const site = await field(lab);
    await costOf(site, 'random'); // pays for the compiler
    const faults = await firstGood(3, async () => {
      const thrownAway = await costOf(site, 'random');
      const guessed = await costOf(site, 'indices');
      lab.note(`guessed indices ${costText(guessed)}, other bytes ${costText(thrownAway)}`);
      return wrong([
        [guessed.reached > 5_000, `${guessed.reached} a second reached the node`],
        [guessed.each - thrownAway.each < 5, `${guessed.each - thrownAway.each} µs each`],
      ]);
    });
    lab.note(`bad mac1 ${costText(await costOf(site, 'bad-mac1'))}`);
    assert.deepEqual(faults, []);
    const { received } = await site.peer.ping(INNER.b[4], { count: 100 });
    assert.equal(received, 100);
  },
};

/**
 * CPU of the victim per datagram that reached it, in microseconds, when as many are sent as the machine gives.
 * @param {import('../stories/attack.mjs').Field} site
 * @param {FloodKind} kind
 */
async function costOf(site, kind) {
  const { victim } = site;
  const [cpu, dropped] = [await victim.cpu(), total(await drops(site), REASONS[kind])];
  const { sent, seconds } = await flood(site, { kind, rate: 100_000, seconds: 2 });
  const reached = total(await drops(site), REASONS[kind]) - dropped;
  return { each: ((await victim.cpu()) - cpu) / reached, reached: Math.round(reached / seconds), sent: Math.round(sent / seconds) };
}

/** @param {Awaited<ReturnType<typeof costOf>>} cost */
function costText({ each, reached, sent }) {
  return `${each.toFixed(1)} µs each with receiving (${sent} a second sent, ${reached} reached the node)`;
}

/** @type {Row} */
const corruption = {
  id: 'attack-A11-corruption',
  says: 'A11: over a wire that damages 1, 10 and 30 % of the frames, numbered datagrams arrive with the same SHA-256',
  async run(lab) {
    const underlay = await throughWire(lab, { seed: 11 });
    const { a, b } = await tunnel(underlay, { left: 'ours', right: 'ours' });
    const [left, right] = /** @type {[OurNode, OurNode]} */ ([a, b]);
    const [count, size] = [2_000, 1_200];
    for (const [i, corrupt] of [0.01, 0.1, 0.3].entries()) {
      await underlay.wire.set({ corrupt });
      const collected = right.request('collect', { port: 9_000 + i, count });
      const { sha256, sent, bytes } = await left.request('transfer', { address: INNER.b[4], port: 9_000 + i, count, size });
      assert.deepEqual({ ...(await collected), twice: 0 }, { sha256, changed: 0, twice: 0 });
      lab.note(`${bytes} bytes at ${corrupt * 100} %: ${sent} datagrams for ${count}`);
    }
    const { left: leftwards, right: rightwards } = await underlay.wire.counters();
    const counted = (await right.request('status')).drops;
    lab.note(`${leftwards.corrupted + rightwards.corrupted} frames damaged; drops ${JSON.stringify(counted)}`);
    assert.ok(counted['bad-tag'] > 0.5 * rightwards.corrupted);
  },
};

/** @type {Row} */
const refused = {
  id: 'attack-A14-refused',
  says: 'A14: ICMP errors about the tunnel’s own datagrams do not end the socket; the peer that comes back is heard',
  async run(lab) {
    const site = await field(lab);
    const { peer, victim, keys } = site;
    assert.equal((await victim.ping(INNER.a[4])).received, 1);
    await /** @type {import('../lib/wireguard-go.mjs').WireguardGo} */ (peer).process?.kill();
    const { received } = await victim.ping(INNER.a[4], { count: 50, wait: 0.2 });
    assert.equal(received, 0);
    const status = await victim.request('status');
    assert.equal(status.life, 'running');
    await peer.restart();
    await peer.setPeer({ ...peerOf('b', keys.b.public), endpoint: `${OUTER.b[4]}:${PORT}` });
    assert.equal((await peer.ping(INNER.b[4], { wait: 6 })).received, 1);
    lab.note(`drops ${JSON.stringify(status.drops)}`);
  },
};

export const rows = [
  floodRow('random', true),
  floodRow('bad-mac1', true),
  floodRow('initiations', true),
  floodRow('initiations', false),
  floodRow('cookies', false),
  newcomerRow('ours', 5),
  newcomerRow('current', 6),
  indices,
  corruption,
  refused,
];
