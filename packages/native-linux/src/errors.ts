import type { ErrorEntry } from '@heddle/core';

export type NativeLinuxCode =
  | 'HEDDLE_NATIVE_PLATFORM'
  | 'HEDDLE_NATIVE_LOAD'
  | 'HEDDLE_TUN_MISSING'
  | 'HEDDLE_TUN_PERMISSION'
  | 'HEDDLE_TUN_NAME'
  | 'HEDDLE_TUN_BUSY'
  | 'HEDDLE_TUN_DESCRIPTOR'
  | 'HEDDLE_TUN_FAILED';

/** The codes of this package. */
export const NATIVE_LINUX_ERRORS: Readonly<Record<NativeLinuxCode, ErrorEntry>> = {
  HEDDLE_NATIVE_PLATFORM: {
    says: 'TUN devices of this package are for Linux.',
    cure: 'Use netstack() of @heddle/stack-netstack, which needs no kernel device and runs everywhere.',
  },
  HEDDLE_NATIVE_LOAD: {
    says: 'The foreign function interface (koffi) could not be loaded.',
    cure: 'Install without --omit=optional, on a platform that koffi is built for; or use netstack() of @heddle/stack-netstack.',
  },
  HEDDLE_TUN_MISSING: {
    says: '/dev/net/tun is not there.',
    cure: 'Load the module tun, or give the container the device (--device /dev/net/tun); or use netstack() of @heddle/stack-netstack.',
  },
  HEDDLE_TUN_PERMISSION: {
    says: 'This process may not open /dev/net/tun or make an interface.',
    cure: 'Run it as root or with CAP_NET_ADMIN (and access to /dev/net/tun); or use netstack() of @heddle/stack-netstack.',
  },
  HEDDLE_TUN_NAME: { says: 'No interface can have that name.', cure: 'Give 1 to 15 characters without spaces and slashes.' },
  HEDDLE_TUN_BUSY: { says: 'Another program has the interface of that name.', cure: 'Choose another name, or end the other program.' },
  HEDDLE_TUN_DESCRIPTOR: {
    says: 'The descriptor is no TUN interface that can be used.',
    cure: 'Hand over one of /dev/net/tun on which TUNSETIFF was called with IFF_TUN and IFF_NO_PI.',
  },
  HEDDLE_TUN_FAILED: { says: 'The kernel refused a call on the TUN interface.', cure: 'The message names the call and the error.' },
};
