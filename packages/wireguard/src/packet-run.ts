import type { Bytes, PacketTable } from '@heddle/crypto';
import type { Peer } from './peer.js';

const SMALLEST = 64;
/** Larger tables are left to the garbage collector: one huge batch must not be paid for ever after. */
const LARGEST_KEPT = 16_384;
const KEPT = 8;

/** Packets of one slab that are worked on together: a table of our own, so that nobody else's is changed. */
export class PacketRun implements PacketTable {
  slab: Bytes = new Uint8Array(0);
  offsets: Uint32Array;
  lengths: Uint32Array;
  /** Which packets opened. */
  good: Uint8Array;
  /** Whose packet of the caller's table each one is, while it waits to be added. */
  readonly owners: (Peer | undefined)[];
  count = 0;

  constructor(capacity: number) {
    this.offsets = new Uint32Array(capacity);
    this.lengths = new Uint32Array(capacity);
    this.good = new Uint8Array(capacity);
    this.owners = new Array<Peer | undefined>(capacity).fill(undefined);
  }

  get capacity(): number {
    return this.offsets.length;
  }

  /** The caller has asked for enough capacity. */
  add(offset: number, length: number): void {
    this.offsets[this.count] = offset;
    this.lengths[this.count] = length;
    this.count++;
  }

  /** Replaces packet `to` by packet `from`, when packets in between have gone. */
  move(from: number, to: number): void {
    this.offsets[to] = this.offsets[from]!;
    this.lengths[to] = this.lengths[from]!;
  }
}

/**
 * Tables that are used again and again. Each call of send or receive takes its own and gives it back at the end, so a handler that calls
 * back into the engine gets another one. A handler that throws merely costs a table.
 */
export class RunPool {
  readonly #idle: PacketRun[] = [];

  /** An empty run over this slab with room for so many packets. */
  take(slab: Bytes, packets: number): PacketRun {
    const idle = this.#idle.pop();
    const run = idle !== undefined && idle.capacity >= packets ? idle : new PacketRun(capacityFor(packets));
    run.slab = slab;
    run.count = 0;
    return run;
  }

  give(run: PacketRun): void {
    run.slab = NOTHING;
    if (run.capacity <= LARGEST_KEPT && this.#idle.length < KEPT) this.#idle.push(run);
  }
}

const NOTHING: Bytes = new Uint8Array(0);

function capacityFor(packets: number): number {
  return Math.max(SMALLEST, 2 ** Math.ceil(Math.log2(Math.max(packets, 1))));
}
