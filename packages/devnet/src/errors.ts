import type { ErrorEntry } from '@heddle/core';

export type DevnetErrorCode = 'HEDDLE_DEVNET_POLICY' | 'HEDDLE_DEVNET_OPTIONS' | 'HEDDLE_DEVNET_STATE';

/** The codes of this package. */
export const DEVNET_ERRORS: Readonly<Record<DevnetErrorCode, ErrorEntry>> = {
  HEDDLE_DEVNET_POLICY: {
    says: 'The policy of a devnet has a rule of a form that cannot be, or names a group, a protocol, ports or an action that there is not.',
    cure: 'The message quotes what it is; the README of @heddle/devnet says how rules are written.',
  },
  HEDDLE_DEVNET_OPTIONS: {
    says: 'An option of a devnet cannot be, or one of its ports cannot be opened.',
    cure: 'The message names the option; another program may hold the port.',
  },
  HEDDLE_DEVNET_STATE: {
    says: 'The state that a devnet shall continue was not written by a devnet, or is damaged.',
    cure: 'Give it a folder of its own; or delete the folder to begin with an empty tailnet.',
  },
};
