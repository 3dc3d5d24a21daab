import type { PacketTable } from '@heddle/crypto';
import { expect, test } from 'vitest';
import { packetOf } from '../../test/filter-packets.js';
import { DropCounters } from '../drops/drop-counters.js';
import { type GatePolicy, PacketGate } from './packet-gate.js';

const CLOSED: GatePolicy = { filter: { rules: [] }, shieldsUp: false, addresses: ['100.64.0.1/32'], routes: [], admits: [] };
const SYN = 2;

/** Whether a connection to a port of an address may be opened. */
function opens(gate: PacketGate, to: string, port: number): boolean {
  const slab = packetOf({ from: '100.64.0.2', to, protocol: 6, sourcePort: 5_000, port, flags: SYN });
  const table: PacketTable = { slab, offsets: Uint32Array.of(0), lengths: Uint32Array.of(slab.length), count: 1 };
  return gate.comesIn(1, table) !== undefined;
}

test('a port that is offered is open to peers where the filter has no rule for it, also with shields up, until it is offered no more', () => {
  const gate = new PacketGate({ drops: new DropCounters(), tsmp: () => {} });
  gate.use(CLOSED);
  expect(opens(gate, '100.64.0.1', 40_000)).toBe(false);
  gate.use({ ...CLOSED, admits: [40_000] });
  expect([opens(gate, '100.64.0.1', 40_000), opens(gate, '100.64.0.1', 40_001)]).toEqual([true, false]);
  gate.use({ ...CLOSED, admits: [40_000], shieldsUp: true });
  expect(opens(gate, '100.64.0.1', 40_000)).toBe(true);
  gate.use(CLOSED);
  expect(opens(gate, '100.64.0.1', 40_000)).toBe(false);
});

test('a port that is offered follows the addresses of the node', () => {
  const gate = new PacketGate({ drops: new DropCounters(), tsmp: () => {} });
  gate.use({ ...CLOSED, admits: [40_000] });
  gate.use({ ...CLOSED, admits: [40_000], addresses: ['100.64.0.9/32'] });
  expect([opens(gate, '100.64.0.1', 40_000), opens(gate, '100.64.0.9', 40_000)]).toEqual([false, true]);
});
