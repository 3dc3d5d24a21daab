// @ts-check
// Scenario A4: our packet filter gives the verdicts of tailscaled's, packet by packet.
import assert from 'node:assert/strict';
import { drawer } from '../stories/codec.mjs';
import { isKnownDifference, ourFilter, ourVerdicts, randomWorld, theirVerdicts } from '../stories/filter.mjs';

/** @typedef {import('../stories/filter.mjs').World} World */

const SEED = 4;
const WORLDS = 200;
const PACKETS = 40;

/** @type {readonly import('../run.mjs').Row[]} */
export const rows = [
  {
    id: 'filter-A4-cases',
    says: 'A4: each rule set of our unit tests accepts of all their flows those that tailscaled accepts',
    async run(lab) {
      const ours = await ourFilter(lab);
      const names = Object.keys(ours.FLOWS);
      const caps = { '100.64.0.2': [ours.CAPABILITY_OF_A], 'fd7a:115c:a1e0::2': [ours.CAPABILITY_OF_A] };
      const packets = names.map((name) => ours.packetOf(ours.FLOWS[name]));
      const worlds = ours.FILTER_CASES.map((/** @type {any} */ { rules }) => ({ rules, own: ours.OURS, caps, sent: [], packets }));
      const verdicts = await theirVerdicts(lab, worlds);
      for (const [i, { says, accepts }] of ours.FILTER_CASES.entries()) {
        const accepted = names.filter((_, n) => verdicts[i]?.[n]);
        assert.deepEqual(accepted.filter((name) => !ours.ALWAYS.includes(name)).join(' '), accepts, says);
        assert.deepEqual(
          ours.ALWAYS.filter((/** @type {string} */ name) => !accepted.includes(name)),
          [],
          says,
        );
      }
      lab.note(`${worlds.length} rule sets × ${names.length} flows`);
      assert.ok(worlds.length >= 40);
    },
  },
  {
    id: 'filter-A4-random',
    says: `A4: ${WORLDS} random rule sets, with errors in them, × ${PACKETS} packets, cut and damaged: ours accepts what tailscaled accepts`,
    async run(lab) {
      const ours = await ourFilter(lab);
      const draw = drawer(SEED);
      const worlds = Array.from({ length: WORLDS }, () => randomWorld(draw, ours.packetOf, PACKETS));
      const theirs = await theirVerdicts(lab, worlds);
      const mine = worlds.map((world) => ourVerdicts(ours, world));
      const unlike = worlds.flatMap(({ packets }, w) => packets.filter((_, p) => mine[w]?.[p] !== theirs[w]?.[p]));
      assert.deepEqual(
        unlike.filter((packet) => !isKnownDifference(packet)).map((packet) => Buffer.from(packet).toString('hex')),
        [],
      );
      const accepted = theirs.flat().filter(Boolean).length;
      lab.note(`seed ${SEED}, ${accepted} of ${theirs.flat().length} accepted, ${unlike.length} known differences`);
      assert.ok(accepted > 0.05 * theirs.flat().length && accepted < 0.95 * theirs.flat().length);
    },
  },
];
