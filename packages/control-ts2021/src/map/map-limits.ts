/** What a control server may ask us to keep. */
export interface MapLimits {
  /** Bytes of one frame. */
  readonly frameBytes: number;
  readonly peers: number;
  readonly users: number;
  /** Entries of one list of a node: addresses, routes, endpoints, tags, capabilities. */
  readonly nodeEntries: number;
  /** Lists of filter rules, and rules of each. */
  readonly filterLists: number;
  readonly filterRules: number;
  /** Sources or destinations of one rule. */
  readonly ruleEntries: number;
  readonly regions: number;
  readonly regionNodes: number;
  /** Entries of each list of the DNS configuration. */
  readonly dnsEntries: number;
  readonly healthMessages: number;
  /** Characters of one text. */
  readonly text: number;
}

export const MAP_LIMITS: MapLimits = {
  frameBytes: 64 * 1024 * 1024,
  peers: 65_536,
  users: 65_536,
  nodeEntries: 4_096,
  filterLists: 1_024,
  filterRules: 16_384,
  ruleEntries: 65_536,
  regions: 1_024,
  regionNodes: 64,
  dnsEntries: 16_384,
  healthMessages: 256,
  text: 4_096,
};
