import type { UdpSockets } from '@heddle/core';

export interface UdpOptions {
  /** Local port, the same for IPv4 and IPv6. Default 0: any. */
  readonly port?: number;
  /** When `port` is in use: true (default) takes any other and says so in health, false fails to start. */
  readonly fallback?: boolean;
  /** Addresses to listen on. Default: all. */
  readonly addresses?: { readonly v4?: string; readonly v6?: string };
  /** Milliseconds between looks at the host's addresses. Default 5000; 0: only when poked. */
  readonly watchInterval?: number;
  /** Where sockets come from. Default: the node's `Tokens.UdpSockets`, else `node:dgram`. */
  readonly io?: UdpSockets;
}
