import type { Limits } from './limits.js';

/** What each limit bounds, for docs/limits.md. */
export const LIMIT_TEXTS: Readonly<Record<keyof Limits, string>> = {
  smallSlabs: 'slabs of one packet that the pool may have out at a time',
  largeSlabs: 'slabs of a whole batch that the pool may have out at a time',
  queuedBatches: 'batches that handlers may cause inside a handler before the rest is dropped as `queue-full`',
  batchesPerTurn: 'batches worked off in one go before the event loop gets its turn',
  remotes: 'remotes that a Bind keeps interned',
  peers: 'peers of a node',
  stagedPackets: 'packets that wait for a session with one peer; the oldest goes',
  stagedBytes: 'bytes that wait for a session with one peer',
  handshakeQueue: 'handshake messages that wait',
  handshakesPerTick: 'handshake messages worked on in one go',
  startDeadline: 'milliseconds that each service of a plugin may take to start',
  stopDeadline: 'milliseconds that each service of a plugin may take to stop',
  drainDeadline: 'milliseconds after which a replaced part loses its leases',
};
