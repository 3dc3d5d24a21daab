/** What visitors may take. Times are milliseconds. */
export interface IngressLimits {
  /** Visitors at a time; more are cut off at once. */
  readonly visitors: number;
  /** Visitors of one IPv4 address, or of one /64 of IPv6, at a time. */
  readonly visitorsPerSource: number;
  /** How long a visitor may take to say whom he wants. */
  readonly hello: number;
  /** Bytes that this may take. */
  readonly helloBytes: number;
  /** How long a node may take to answer. */
  readonly dial: number;
  /** How long nothing may pass. */
  readonly idle: number;
}

export const DEFAULT_INGRESS_LIMITS: IngressLimits = {
  visitors: 4_096,
  visitorsPerSource: 256,
  hello: 10_000,
  helloBytes: 16 * 1024,
  dial: 10_000,
  idle: 15 * 60_000,
};
