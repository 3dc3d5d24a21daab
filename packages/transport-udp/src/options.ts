import type { RelayMap, UdpSockets } from '@heddle/core';
import type { Gateways } from './gateways.js';

export interface UdpOptions {
  /** Local port, the same for IPv4 and IPv6. Default 0: any. */
  readonly port?: number;
  /** When `port` is in use: true (default) takes any other and says so in health, false fails to start. */
  readonly fallback?: boolean;
  /** Addresses to listen on. Default: all. */
  readonly addresses?: { readonly v4?: string; readonly v6?: string };
  /** Milliseconds between looks at the host's addresses. Default 5000; 0: only when poked. */
  readonly watchInterval?: number;
  /** Relays whose STUN servers are asked when control names none. */
  readonly relays?: RelayMap;
  /** Asks the gateway for a port of its outer address, by NAT-PMP or PCP. Default: where control names relays and no address is bound. */
  readonly portMapping?: boolean;
  /** How the gateway is found. Default: `linuxGateways()` over sockets of the machine, none over those that a plugin provides. */
  readonly gateways?: Gateways;
  /** Where sockets come from. Default: the node's `Tokens.UdpSockets`, else `node:dgram`. */
  readonly io?: UdpSockets;
}
