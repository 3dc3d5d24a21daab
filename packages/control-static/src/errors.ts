import type { ErrorEntry } from '@heddle/core';

export type StaticErrorCode = 'HEDDLE_STATIC_CONFIG' | 'HEDDLE_STATIC_NO_LOOKUP' | 'HEDDLE_STATIC_UNRESOLVED';

/** The codes of this package: what each means and what to do. */
export const STATIC_ERRORS: Readonly<Record<StaticErrorCode, ErrorEntry>> = {
  HEDDLE_STATIC_CONFIG: {
    says: 'The configuration has mistakes. The message lists each with its path, or with line and column.',
    cure: 'Correct what the message lists; nothing was applied.',
  },
  HEDDLE_STATIC_NO_LOOKUP: {
    says: 'An endpoint is a host name, and no plugin of the node can look names up.',
    cure: 'Write the numeric address, or add hostLookup() of @heddle/core/node.',
  },
  HEDDLE_STATIC_UNRESOLVED: {
    says: 'Shown as health: a host name of an endpoint has no address just now. It is asked for again.',
    cure: 'Check the name and the resolver; call update() to ask at once.',
  },
};
