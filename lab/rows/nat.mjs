// @ts-check
// Nodes behind NATs of every kind, beside Tailscale's own client.
import { asExpected, DIRECT_OF_THEIRS, matrix } from '../stories/nat-matrix.mjs';

/** @type {readonly import('../run.mjs').Row[]} */
export const rows = [
  {
    id: 'nat-E6-theirs-theirs',
    says: 'E6: what the other rows are held to: tailscaled with tailscaled behind NATs of four kinds, 13 pairs direct, 3 by relay',
    long: true,
    run: async (lab) => asExpected(lab, await matrix(lab, 'theirs', 'theirs', DIRECT_OF_THEIRS)),
  },
  {
    id: 'nat-E6-ours-theirs',
    says: 'E6: our nodes and tailscaled behind NATs of four kinds: all pairs meet within 2 s, 13 of 16 directly within 5 s, 3 stay on the relay',
    run: async (lab) => asExpected(lab, await matrix(lab, 'ours', 'theirs')),
  },
  {
    id: 'nat-E6-ours-ours',
    says: 'E6: the same of our nodes among themselves',
    run: async (lab) => asExpected(lab, await matrix(lab, 'ours', 'ours')),
  },
];
