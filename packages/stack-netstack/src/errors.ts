import type { ErrorEntry } from '@heddle/core';

/** The codes of this package; flows fail with the codes of Node (ECONNREFUSED, EADDRINUSE, …). */
export const NETSTACK_ERRORS: Readonly<Record<'HEDDLE_BAD_MTU', ErrorEntry>> = {
  HEDDLE_BAD_MTU: { says: 'The MTU is too small or too large for IP.', cure: 'Give one from 576 to 65535; IPv6 wants at least 1280.' },
};
