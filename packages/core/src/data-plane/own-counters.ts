import type { CounterFamily } from '../contracts/counters.js';
import type { KernelServices } from './kernel-services.js';
import type { PacketPlane } from './packet-plane.js';

/** Core's numbers that status does not have. */
export function ownCounters(plane: PacketPlane, { pool }: KernelServices): readonly CounterFamily[] {
  return [
    {
      name: 'handshakes',
      type: 'counter',
      says: 'WireGuard handshakes that made a session, begun by either side.',
      read: () => plane.established,
    },
    {
      name: 'batches_in_use',
      type: 'gauge',
      says: 'Batches of packet memory that are lent to a part just now.',
      read: () => pool.inUse,
    },
  ];
}
