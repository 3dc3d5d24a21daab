import type { ErrorEntry } from '@heddle/core';

/** The codes of this package: what each means and what to do. */
export const UDP_ERRORS: Readonly<Record<'HEDDLE_UDP_PORT_IN_USE' | 'HEDDLE_UDP_SOCKETS' | 'HEDDLE_UDP_FAULT', ErrorEntry>> = {
  HEDDLE_UDP_PORT_IN_USE: {
    says: 'The UDP port is in use. Thrown, or shown as health when another one was taken instead.',
    cure: 'Choose another port, or end the program that has it.',
  },
  HEDDLE_UDP_SOCKETS: {
    says: 'UDP sockets could not be opened, or (as health) were lost and are being opened again.',
    cure: 'Look at the cause: descriptors, permissions, address families of the host.',
  },
  HEDDLE_UDP_FAULT: {
    says: 'Shown as health: the kernel refused datagrams; the sockets go on.',
    cure: 'None when it passes: it is shown until ten seconds after the last one. The text names the fault.',
  },
};
