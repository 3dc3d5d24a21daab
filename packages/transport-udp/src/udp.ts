import { definePlugin, optional, type Plugin, provideBind, Tokens } from '@heddle/core';
import { dgramSockets } from './dgram-sockets.js';
import { UDP_ERRORS } from './errors.js';
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
    errors: UDP_ERRORS,
  });
}
