import { definePlugin, optional, type Plugin, provide, provideBind, type Token, Tokens, token } from '@heddle/core';
import { udpCounters } from './counters.js';
import { dgramSockets } from './dgram-sockets.js';
import { UDP_ERRORS } from './errors.js';
import { linuxGateways } from './gateways.js';
import { hostInterfaces } from './host-interfaces.js';
import { Netcheck, NetcheckDesk } from './netcheck.js';
import type { UdpOptions } from './options.js';
import { FAULT_REASONS } from './socket-faults.js';
import { UdpBind } from './udp-bind.js';

/** Between the Bind and who asks for its reports. */
const DESK: Token<NetcheckDesk> = token<NetcheckDesk>('@heddle/transport-udp/NetcheckDesk');

const { Counters, HostLookup, Interfaces, UdpSockets } = Tokens;
const NEEDS = [DESK, optional(UdpSockets), optional(Interfaces), optional(HostLookup), optional(Counters)] as const;
const NAME = '@heddle/transport-udp';

/** Direct UDP over IPv4 and IPv6; what STUN and the gateway say about them is under `Netcheck`. */
export function udp(options: UdpOptions = {}): Plugin {
  return definePlugin({
    name: NAME,
    provides: [
      provide(DESK, [], () => new NetcheckDesk()),
      provide(Netcheck, [DESK], (desk) => desk),
      provideBind('udp', NEEDS, (desk, given, interfaces = hostInterfaces(), lookup, counters) => {
        const machine = options.io === undefined && given === undefined;
        const gateways = options.gateways ?? (machine ? linuxGateways() : undefined);
        const bind = new UdpBind({ sockets: options.io ?? given ?? dgramSockets(), interfaces, lookup, desk, gateways, options });
        for (const family of udpCounters(bind)) counters?.show(NAME, family);
        return bind;
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
