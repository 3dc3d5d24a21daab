// @ts-check
// The relay where a node lives dies, falls silent or comes back, and somebody wants to reach it all the same.
import { derper } from '../lib/derper.mjs';
import { CENTRE } from '../lib/internet.mjs';
import { relayedMates, silence } from '../stories/derp.mjs';
import { recovers } from '../stories/mate.mjs';
import { pairOf } from '../stories/paths.mjs';

/** Milliseconds until packets flow again: after a relay has died, fallen silent (D4), come back (D5). */
const DEAD = 5_000;
const SILENT = 15_000;
const BACK = 5_000;

/** Two tailscaled need 35 s and more where a relay dies or falls silent: they are no measure. */
const KINDS = /** @type {const} */ ([
  { who: 'theirs-ours', left: 'theirs' },
  { who: 'ours-ours', left: 'ours' },
]);

/** @typedef {import('../lib/lab.mjs').Lab} Lab */

/** @type {readonly import('../run.mjs').Row[]} */
export const rows = KINDS.flatMap(({ who, left }) => [
  {
    id: `regions-killed-${who}`,
    says: `two regions, the relay where our node lives is killed: it is reached again within ${DEAD} ms and lives in the other region (${who})`,
    async run(/** @type {Lab} */ lab) {
      const { a, b, relay, moved } = await relayedMates(lab, { left, right: 'ours' });
      await relay?.kill();
      lab.note(`reached again after ${Math.round(await recovers(a, b, DEAD))} ms`);
      lab.note(`reaches the other ${Math.round(await recovers(b, a, DEAD))} ms later`);
      await moved();
    },
  },
  {
    id: `regions-D4-silent-${who}`,
    says: `D4: two regions, nothing comes through from the relay where our node lives: it is reached again within ${SILENT} ms and lives in the other (${who})`,
    waits: true,
    async run(/** @type {Lab} */ lab) {
      const { a, b, place, moved } = await relayedMates(lab, { left, right: 'ours' });
      await silence(place);
      lab.note(`reached again after ${Math.round(await recovers(a, b, SILENT))} ms`);
      lab.note(`reaches the other ${Math.round(await recovers(b, a, DEAD))} ms later`);
      await moved();
    },
  },
  {
    id: `regions-D5-restart-${who}`,
    says: `D5: the only relay is killed and starts again: packets flow within ${BACK} ms after it listens (${who})`,
    async run(/** @type {Lab} */ lab) {
      const { a, b, centre, relay } = await pairOf(lab, { left, right: 'ours', noUdp: 'both' });
      await recovers(a, b, DEAD);
      await relay.kill();
      await derper(centre, CENTRE);
      lab.note(`reached ${Math.round(await recovers(a, b, BACK))} ms after it listens`);
    },
  },
]);
