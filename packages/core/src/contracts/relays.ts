/** One machine that relays. */
export interface RelayNode {
  readonly name: string;
  readonly hostName: string;
  /** An address to use instead of a look-up; `none`: this family is not served. */
  readonly ipv4?: string;
  readonly ipv6?: string;
  /** Default: 443. */
  readonly derpPort?: number;
  /** Default: 3478; -1: none. */
  readonly stunPort?: number;
  /** Never relays. */
  readonly stunOnly?: boolean;
  /** The name that its certificate must have, or `sha256-raw:` and the hash of the certificate. */
  readonly certName?: string;
  /** Its certificate is not checked. */
  readonly insecureForTests?: boolean;
  /** Where STUN requests go instead. */
  readonly stunTestIp?: string;
}

export interface RelayRegion {
  readonly id: number;
  readonly code: string;
  readonly name: string;
  /** In the order in which they are tried. */
  readonly nodes: readonly RelayNode[];
  /** Not as a home, unless it is already. */
  readonly avoid?: boolean;
  /** Neither measured nor a home; peers that live there are reached through it all the same. */
  readonly noMeasureNoHome?: boolean;
}

/** The relays of a tailnet, by region. */
export interface RelayMap {
  readonly regions: ReadonlyMap<number, RelayRegion>;
  /** A region's latency counts this many times when a home is chosen. */
  readonly scores?: ReadonlyMap<number, number>;
}
