/** How much visitors may take. Times are milliseconds. */
export interface ServeLimits {
  /** Connections at once; one more is refused. */
  readonly connections: number;
  /** The same from one address; from the internet, from one IPv4 address or one /64 of IPv6. */
  readonly connectionsPerAddress: number;
  /** From the first byte to the end of the TLS handshake. */
  readonly handshake: number;
  /** How long a certificate may take to be had while a visitor waits. */
  readonly certificate: number;
  /** From the first byte of a request to the end of its headers. */
  readonly head: number;
  /** Bytes of the headers of one request. */
  readonly headBytes: number;
  /** A visitor in the middle of a request or an answer that neither sends nor takes anything. */
  readonly stall: number;
  /** A connection without a request. */
  readonly idle: number;
  /** Until the target has taken the connection. */
  readonly dial: number;
  /** Requests at once over one connection of HTTP/2. */
  readonly streams: number;
}

export const DEFAULT_SERVE_LIMITS: ServeLimits = {
  connections: 4096,
  connectionsPerAddress: 256,
  handshake: 10_000,
  certificate: 60_000,
  head: 10_000,
  headBytes: 32 * 1024,
  stall: 60_000,
  idle: 60_000,
  dial: 10_000,
  streams: 128,
};
