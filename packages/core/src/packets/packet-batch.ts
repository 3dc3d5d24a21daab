import type { Bytes, PacketBatch as Contract, Lease } from '../contracts/packets.js';
import type { Remote } from '../contracts/remote.js';
import { Batch, copyBatch, type SlabOwner, slabBytes } from './batch.js';
import { slotSize } from './layout.js';

/** Memory of the garbage collector, for tests and for simple plugins. */
const heap: SlabOwner = {
  lease(batch: Contract): Lease {
    const copy = new Batch(new Uint8Array(slabBytes(batch)), batch.count, heap);
    copyBatch(batch, copy);
    return { batch: copy, release: () => {} };
  },
  release: () => {},
};

function of(...packets: Bytes[]): Batch {
  const bytes = packets.reduce((sum, packet) => sum + slotSize(packet.length), 0);
  const batch = new Batch(new Uint8Array(bytes), packets.length, heap);
  for (const packet of packets) batch.push(packet);
  return batch;
}

function from(remote: Remote, ...packets: Bytes[]): Batch {
  const batch = of(...packets);
  batch.remote = remote;
  return batch;
}

export type PacketBatch = Contract;
/** The short way to a batch: copies of these packets, outside any pool, with all the room that layers below want. */
export const PacketBatch: {
  of(...packets: Bytes[]): Contract;
  /** As received from a remote. */
  from(remote: Remote, ...packets: Bytes[]): Contract;
} = { of, from };
