/** Every bound that core keeps, in one object. A node takes others by `createNode({ limits })`. */
export interface Limits {
  /** Slabs of one packet, and of a whole batch, that the pool may have out at a time. */
  readonly smallSlabs: number;
  readonly largeSlabs: number;
  /** Batches that handlers may cause inside a handler before the rest is dropped. */
  readonly queuedBatches: number;
  /** Batches worked off in one go before the event loop gets its turn. */
  readonly batchesPerTurn: number;
  /** Remotes that a Bind keeps interned. */
  readonly remotes: number;
  readonly peers: number;
  /** Packets, and bytes, that wait for a session with a peer. */
  readonly stagedPackets: number;
  readonly stagedBytes: number;
  /** Handshake messages that wait, and that are worked on in one go. */
  readonly handshakeQueue: number;
  readonly handshakesPerTick: number;
  /** Milliseconds that one plugin may take to start, and to stop. */
  readonly startDeadline: number;
  readonly stopDeadline: number;
  /** Milliseconds after which a replaced part loses its leases. */
  readonly drainDeadline: number;
}

export const DEFAULT_LIMITS: Limits = {
  smallSlabs: 1024,
  largeSlabs: 64,
  queuedBatches: 512,
  batchesPerTurn: 256,
  remotes: 4096,
  peers: 65_536,
  stagedPackets: 256,
  stagedBytes: 384 * 1024,
  handshakeQueue: 1024,
  handshakesPerTick: 16,
  startDeadline: 15_000,
  stopDeadline: 5_000,
  drainDeadline: 1_000,
};
