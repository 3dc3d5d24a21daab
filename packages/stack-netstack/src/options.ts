import type { TcpOptions } from './tcp/tcp-settings.js';

export interface NetstackOptions {
  /** Buffers, limits and timers of TCP. */
  readonly tcp?: TcpOptions;
  /** Takes packets for any address, and offers their flows to interceptors: for subnet routers and exit nodes. Default false. */
  readonly acceptAny?: boolean;
  /** Answers datagrams that nobody wants with "port unreachable", at most 1,000 a second. Default true. */
  readonly refuseUdp?: boolean;
}
