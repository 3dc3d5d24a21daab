import { definePlugin, optional, type Plugin, provideBind, Tokens } from '@heddle/core';
import { dgramSockets } from './dgram-sockets.js';
import { hostInterfaces } from './host-interfaces.js';
import type { UdpOptions } from './options.js';
import { UdpBind } from './udp-bind.js';

/** Faults of single datagrams that a socket may report, each with a counter of its own. */
const SOCKET_FAULTS = [
  'ECONNREFUSED',
  'ENOBUFS',
  'ENOMEM',
  'EPERM',
  'EACCES',
  'ENETUNREACH',
  'EHOSTUNREACH',
  'ENETDOWN',
  'EMSGSIZE',
  'EINVAL',
];

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
      ...Object.fromEntries(SOCKET_FAULTS.map((code) => [`socket-${code.toLowerCase()}`, `the socket answered ${code}`])),
    },
    errors: {
      HEDDLE_UDP_PORT_IN_USE: { says: 'The UDP port is in use.', cure: 'Choose another port, or end the program that has it.' },
      HEDDLE_UDP_SOCKETS: {
        says: 'UDP sockets could not be opened.',
        cure: 'Look at the cause: descriptors, permissions, address families of the host.',
      },
      HEDDLE_UDP_FAULT: {
        says: 'The kernel refused a datagram; the sockets go on.',
        cure: 'None is needed when it passes; the text names the fault.',
      },
    },
  });
}
