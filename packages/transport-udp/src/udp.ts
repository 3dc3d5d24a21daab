import { definePlugin, optional, type Plugin, provideBind, Tokens } from '@heddle/core';
import { dgramSockets } from './dgram-sockets.js';
import { hostInterfaces } from './host-interfaces.js';
import type { UdpOptions } from './options.js';
import { FAULT_REASONS } from './socket-faults.js';
import { UdpBind } from './udp-bind.js';

/** Direct UDP over IPv4 and IPv6. */
export function udp(options: UdpOptions = {}): Plugin {
  return definePlugin({
    name: '@heddle/transport-udp',
    provides: [
      provideBind('udp', [optional(Tokens.UdpSockets), optional(Tokens.Interfaces)], (sockets, interfaces) => {
        return new UdpBind({ sockets: options.io ?? sockets ?? dgramSockets(), interfaces: interfaces ?? hostInterfaces(), options });
      }),
    ],
    drops: {
      'receive-queue-full': 'more datagrams in one turn of the event loop than may wait, or no packet memory',
      'no-socket': 'the host has no socket of that address family, or sockets are being opened anew',
      ...FAULT_REASONS,
    },
    errors: {
      HEDDLE_UDP_PORT_IN_USE: { says: 'The UDP port is in use.', cure: 'Choose another port, or end the program that has it.' },
      HEDDLE_UDP_SOCKETS: {
        says: 'UDP sockets could not be opened, or were lost and are being opened again.',
        cure: 'Look at the cause: descriptors, permissions, address families of the host.',
      },
      HEDDLE_UDP_FAULT: {
        says: 'The kernel refused datagrams; the sockets go on.',
        cure: 'None when it passes, which health shows ten seconds after the last one; the text names the fault.',
      },
    },
  });
}
