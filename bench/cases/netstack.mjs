// @ts-check
import { netstackModule } from '../rigs/netstack-module.mjs';
import { Asked } from '../rigs/processes.mjs';

const RIG = new URL('../rigs/netstack-pair.mjs', import.meta.url);
/** tcpip.js is in no registry that we use: what is written down of it, moving data in memory on one thread, in Gbit/s. */
const TCPIP_JS = 0.35;
const MEGABYTE = 1_000_000;

/**
 * @param {{ what: string, cuts?: boolean, congestion?: string }} settings
 * @returns {Promise<{ value: number }>}
 */
async function ask(settings) {
  const stop = new AbortController();
  // Room for young objects, so that nothing is collected while it is counted.
  const child = new Asked(RIG, [JSON.stringify(settings)], stop.signal, [
    '--expose-gc',
    '--max-semi-space-size=128',
    '--min-semi-space-size=128',
  ]);
  try {
    return await child.answer();
  } finally {
    await child.end();
    stop.abort();
  }
}

/** Prints the whole table once: 10 MB for each cell. */
async function lossTable() {
  const { ROWS, line, measure } = await netstackModule('loss-table');
  const sums = { cubic: 0, bbr: 0 };
  for (const row of ROWS) {
    for (const congestion of /** @type {const} */ (['cubic', 'bbr'])) {
      const measured = measure(row, congestion, 10 * MEGABYTE, [1]);
      sums[congestion] += Math.log(measured.seconds);
      console.log(`    ${line(row, congestion, measured)}`);
    }
  }
  return { cubic: Math.exp(sums.cubic / ROWS.length), bbr: Math.exp(sums.bbr / ROWS.length) };
}

/** @type {{ cubic: number, bbr: number } | undefined} */
let table;

/** @type {readonly import('../run.mjs').Case[]} */
export const cases = [
  {
    name: 'netstack',
    says: `two netstacks in memory on one thread, cut into segments of 1420 with checksums as a node does it; against the ${TCPIP_JS} Gbit/s on record for tcpip.js, not run here; at least 10x`,
    unit: 'Gbit/s of a core',
    better: 'higher',
    ours: () => ask({ what: 'speed', cuts: true }),
    reference: async () => ({ value: TCPIP_JS }),
  },
  {
    name: 'netstack-super',
    says: 'the same with super-packets, as between two Stacks that know them; against tcpip.js on record',
    unit: 'Gbit/s of a core',
    better: 'higher',
    ours: () => ask({ what: 'speed', cuts: false }),
    reference: async () => ({ value: TCPIP_JS }),
  },
  {
    name: 'netstack-congestion',
    says: 'what BBR with its pacing costs where nothing is lost: BBR against CUBIC, cut into segments',
    unit: 'Gbit/s of a core',
    better: 'higher',
    ours: () => ask({ what: 'speed', congestion: 'bbr' }),
    reference: () => ask({ what: 'speed', congestion: 'cubic' }),
  },
  {
    name: 'netstack-garbage',
    says: 'bytes allocated for a megabyte moved, both ends: cut into segments against super-packets',
    unit: 'bytes',
    better: 'lower',
    ours: () => ask({ what: 'allocated', cuts: true }),
    reference: () => ask({ what: 'allocated', cuts: false }),
  },
  {
    name: 'netstack-accept',
    says: 'connections opened and reset, both ends, in a second of a core; against a thousand',
    unit: 'connections/s',
    better: 'higher',
    ours: () => ask({ what: 'accept' }),
    reference: async () => ({ value: 1_000 }),
  },
  {
    name: 'netstack-idle',
    says: 'memory of one end of an idle connection, from 1,000 to 11,000 of them; against 4 KiB; at most 1x',
    unit: 'bytes',
    better: 'lower',
    ours: () => ask({ what: 'idle' }),
    reference: async () => ({ value: 4_096 }),
  },
  {
    name: 'netstack-loss',
    says: 'virtual seconds for 10 MB over 40 ms, loss against buffers and other faults, geometric mean: BBR against CUBIC, with the table',
    unit: 's',
    better: 'lower',
    ours: async () => {
      table ??= await lossTable();
      return { value: table.bbr };
    },
    reference: async () => {
      table ??= await lossTable();
      return { value: table.cubic };
    },
  },
];
