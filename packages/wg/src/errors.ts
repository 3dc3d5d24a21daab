import type { ErrorEntry } from '@heddle/core';

export type WgCode = 'HEDDLE_WG_SOCKET';

/** The codes of this program, beside those of the packages that it is made of. */
export const WG_ERRORS: Readonly<Record<WgCode, ErrorEntry>> = {
  HEDDLE_WG_SOCKET: {
    says: 'The socket under /var/run/wireguard, by which wg configures the interface, cannot be opened.',
    cure: 'The message says why: another program serves that interface, or the folder is not writable or not a folder of ours.',
  },
};
