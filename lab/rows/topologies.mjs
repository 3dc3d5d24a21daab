// @ts-check
// Our node and a tailscaled meet where networks are nested, alike, old or new.
import { directlyReaches } from '../stories/mate.mjs';
import { brokenIPv4, doubleNat, hairpin, ipv6Only, mappedPort, pairIn, sameLan } from '../stories/topologies.mjs';

/** Milliseconds from the first answer to a direct path. */
const DIRECT = 5_000;

/** What is asked of each, and the places that packets go to: from a to b, and from b to a. */
const TOPOLOGIES = /** @type {const} */ ([
  {
    id: 'E7-double-nat',
    says: 'E7: through two NATs on one side and one on the other',
    make: doubleNat,
    toB: /^11\.77\.0\.12:41641$/,
    toA: /^11\.77\.0\.31:41641$/,
  },
  {
    id: 'E7-hairpin',
    says: 'E7: behind one carrier, over its outer address',
    make: hairpin,
    toB: /^11\.77\.0\.31:41642$/,
    toA: /^11\.77\.0\.31:41641$/,
  },
  {
    id: 'E7-lan',
    says: 'E7: in one LAN behind one NAT, over the LAN',
    make: sameLan,
    toB: /^10\.79\.1\.12:41642$/,
    toA: /^10\.79\.1\.11:41641$/,
  },
  {
    id: 'E7-ipv6',
    says: 'E7: where there is no IPv4',
    make: ipv6Only,
    toB: /^\[2001:db8:77::12\]:41641$/,
    toA: /^\[2001:db8:77::11\]:41641$/,
  },
  {
    id: 'E7-broken-ipv4',
    says: 'E7: where IPv4 is broken beside IPv6, also to the relay',
    make: brokenIPv4,
    toB: /^\[2001:db8:77::12\]:41641$/,
    toA: /^\[2001:db8:77::11\]:41641$/,
  },
  {
    id: 'mapped-port',
    says: 'both behind symmetric NATs, by a port that MiniUPnPd gave one of them',
    make: mappedPort,
    toB: /^11\.77\.0\.12:\d+$/,
    toA: /^11\.77\.0\.11:41641$/,
  },
]);

/** Which ones: a kind on each side. */
const KINDS = /** @type {const} */ ([
  { who: 'ours-theirs', left: 'ours', right: 'theirs', long: false },
  { who: 'ours-ours', left: 'ours', right: 'ours', long: true },
  { who: 'theirs-theirs', left: 'theirs', right: 'theirs', long: true },
]);

/** @type {readonly import('../run.mjs').Row[]} */
export const rows = TOPOLOGIES.flatMap(({ id, says, make, toB, toA }) =>
  KINDS.map(({ who, left, right, long }) => ({
    id: `topology-${id}-${who}`,
    says: `${says}: direct within ${DIRECT} ms (${who})`,
    long,
    async run(/** @type {import('../lib/lab.mjs').Lab} */ lab) {
      const { a, b } = await pairIn(lab, await make(lab), { left, right });
      lab.note(
        `direct after ${Math.round(await directlyReaches(a, b, { to: toB, back: toA, deadline: left === 'theirs' ? 3 * DIRECT : DIRECT }))} ms`,
      );
    },
  })),
);
