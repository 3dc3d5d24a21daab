import type { ErrorEntry } from '@heddle/core';

/** Codes of this package. */
export type DiscoErrorCode = 'HEDDLE_DUPLICATE_NODE_KEY';

/** What each code means and what to do about it. */
export const DISCO_ERRORS: Readonly<Record<DiscoErrorCode, ErrorEntry>> = {
  HEDDLE_DUPLICATE_NODE_KEY: {
    says: 'Two machines with the same node key are heard in turns, so that packets for one reach the other.',
    cure: 'A machine or its state file was copied: log one of the two out, delete its state, and log it in again.',
  },
};
