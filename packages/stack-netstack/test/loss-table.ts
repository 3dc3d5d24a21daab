import type { Congestion } from '../src/tcp/congestion-control.js';
import { type Outcome, simulateTransfer } from './simulated-transfer.js';
import type { WireFaults } from './simulated-wire.js';

export interface TableRow {
  readonly name: string;
  readonly wire: WireFaults;
  /** Largest send and receive buffer, in bytes; as many as there are by default when it is absent. */
  readonly buffer?: number;
}

export interface Measured {
  readonly seconds: number;
  readonly resent: number;
  readonly isWhole: boolean;
}

const DELAY = 20;
const KIBIBYTE = 1024;
const SMALL = 32 * KIBIBYTE;
const LARGE = 4096 * KIBIBYTE;
const BUFFERS = [SMALL, 128 * KIBIBYTE, 512 * KIBIBYTE, LARGE];
const LOSSES = [0, 0.01, 0.05, 0.1, 0.2, 0.3];

/** A12: a round trip of 40 ms, loss against buffers, then the other faults. */
export const ROWS: readonly TableRow[] = [
  ...LOSSES.flatMap((loss) => BUFFERS.map((size) => lossRow(loss, size))),
  ...[0.05, 0.25].map((reorder) => ({ name: `${percent(reorder)} reordered by 10 ms`, wire: { delay: DELAY, reorder, reorderBy: 10 } })),
  ...[0.05, 0.5].map((duplicate) => ({ name: `${percent(duplicate)} duplicated`, wire: { delay: DELAY, duplicate } })),
  { name: '50 Mbit/s, queue of 128 KiB', wire: { delay: DELAY, rate: 50, queue: 128 * KIBIBYTE } },
  { name: '50 Mbit/s, queue of 128 KiB, 1 % lost', wire: { delay: DELAY, rate: 50, queue: 128 * KIBIBYTE, loss: 0.01 } },
  { name: '50 Mbit/s, queue of 1 MiB', wire: { delay: DELAY, rate: 50, queue: 1024 * KIBIBYTE } },
];

/** Those that tell most, for a test that takes a second. */
export const FEW_ROWS: readonly TableRow[] = ROWS.filter(({ buffer }) => buffer === undefined || buffer === SMALL || buffer === LARGE);

/** The median of several seeds. */
export function measure(row: TableRow, congestion: Congestion, bytes: number, seeds: readonly number[]): Measured {
  const tcp = { congestion, ...(row.buffer !== undefined && { sendBuffer: row.buffer, receiveBuffer: row.buffer }) };
  const all = seeds.map((seed) => simulateTransfer({ bytes, wire: row.wire, seed, tcp }));
  return {
    seconds: median(all, (each) => each.seconds),
    resent: median(all, (each) => each.resent),
    isWhole: all.every((each) => each.isWhole),
  };
}

export function line(row: TableRow, congestion: Congestion, { seconds, resent }: Measured): string {
  return `${row.name.padEnd(40)} ${congestion.padEnd(6)} ${seconds.toFixed(2).padStart(8)} s ${percent(resent).padStart(7)} resent`;
}

function lossRow(loss: number, size: number): TableRow {
  const name = `${percent(loss)} lost, buffers of ${size / KIBIBYTE} KiB`;
  return { name, wire: { delay: DELAY, loss }, buffer: size };
}

function percent(share: number): string {
  return `${(100 * share).toFixed(0)} %`;
}

function median(all: readonly Outcome[], of: (each: Outcome) => number): number {
  return all.map(of).sort((a, b) => a - b)[all.length >> 1]!;
}
