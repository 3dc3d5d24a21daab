// @ts-check
// The direct path comes, goes and comes again, and the relay is there meanwhile.
import assert from 'node:assert/strict';
import { until } from '../lib/wait.mjs';
import { transfersBothWays } from '../stories/control.mjs';
import { pairOf, relayCounter, upgrades } from '../stories/paths.mjs';

const PORT = 8_000;
/** Milliseconds from the opening of UDP to a direct path. */
const MEDIAN = 2_000;
const MOST = 5_000;
/** Bytes that pass the relay while a page of 10 MB does not: keep-alives, and what was on its way. */
const IDLE = 100_000;

/** @param {readonly number[]} sorted @param {number} part */
const at = (sorted, part) => Math.round(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? Number.NaN);

/** @type {readonly import('../run.mjs').Row[]} */
export const rows = [
  {
    id: 'paths-upgrade',
    says: `UDP dropped: our node and a tailscaled exchange 10 MB both ways by the relay; UDP open: directly after ${MEDIAN} ms at the median, and the relay is idle`,
    seconds: 400,
    async run(lab) {
      const pair = await pairOf(lab, { left: 'theirs', right: 'ours', udp: false });
      const { a, b } = pair;
      assert.match((await a.client?.cli('ping', '-c', '1', '--timeout=5s', '--until-direct=false', b.name)) ?? '', /via DERP\(lab\)/);
      await transfersBothWays(await a.web(), await b.web(), b.address, PORT);
      assert.deepEqual([await a.direct(b.name), await b.direct(a.name)], [undefined, undefined]);
      const times = await upgrades(lab, pair, { runs: lab.long ? 20 : 3, kind: 'ours' });
      await until(lab, 'both send directly', () => a.direct(b.name));
      const relayed = await relayCounter(b.host);
      await transfersBothWays(await a.web(), await b.web(), b.address, PORT + 1);
      const bytes = await relayed();
      lab.note(`direct after ${at(times, 0.5)} ms, ${at(times, 0.95)} ms in 19 of 20; ${bytes} bytes by the relay then`);
      assert.ok(bytes < IDLE);
      assert.ok(at(times, 0.5) <= MEDIAN && at(times, 0.95) <= MOST);
    },
  },
];
