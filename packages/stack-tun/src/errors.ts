import type { ErrorEntry } from '@heddle/core';

export type TunCode = 'HEDDLE_TUN_DOWN' | 'HEDDLE_TUN_DELETED' | 'HEDDLE_TUN_HOST' | 'HEDDLE_TUN_JOURNAL' | 'HEDDLE_TUN_PING';

/** The codes of this package, beside those of @heddle/native-linux. */
export const TUN_ERRORS: Readonly<Record<TunCode, ErrorEntry>> = {
  HEDDLE_TUN_DOWN: { says: 'Somebody set the interface down.', cure: 'Set it up again (ip link set dev NAME up): packets flow at once.' },
  HEDDLE_TUN_DELETED: { says: 'Somebody deleted the interface.', cure: 'Replace the stack by a new one, or start the node again.' },
  HEDDLE_TUN_HOST: {
    says: 'The system refused an address, a route, a rule or the name servers.',
    cure: 'The message names the command and what it answered. What had been changed before it is undone.',
  },
  HEDDLE_TUN_JOURNAL: {
    says: 'The record of changes to the system cannot be written or read.',
    cure: 'Make the state folder writable for the owner of the process, or choose another one.',
  },
  HEDDLE_TUN_PING: { says: 'The program ping is missing or may not be used.', cure: 'Install iputils-ping.' },
};
