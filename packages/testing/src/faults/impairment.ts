import type { BatchPool, PacketBatch, PartContext } from '@heddle/core';
import { BatchView } from './batch-view.js';
import { clearFate, freshFate, type Judge } from './fate.js';
import { WaitingRoom } from './waiting-room.js';

/** Passes a batch on; how many packets were taken. */
export type Forward = (batch: PacketBatch) => number;

/** Rows that go the same way at the same time. */
interface Group {
  readonly due: number;
  readonly rows: number[];
}

/** One direction of a fault: judges packet by packet, passes runs on in the same call where it can, and keeps copies of the rest. */
export class Impairment {
  readonly #context: PartContext;
  readonly #judge: Judge;
  readonly #room: WaitingRoom;
  readonly #fate = freshFate();
  #lastDue = 0;

  constructor(context: PartContext, judge: Judge, queue: number) {
    this.#context = context;
    this.#judge = judge;
    this.#room = new WaitingRoom(context.clock, queue);
  }

  close(): void {
    this.#room.close();
  }

  /** How many packets of the batch were taken, from the first on; what the fault drops or keeps counts as taken. */
  pass(batch: PacketBatch, forward: Forward): number {
    const run = new Run(batch, forward, this.#context.pool);
    for (let row = 0; row < batch.count && run.refused < 0; row++) this.#sort(run, row);
    run.flush();
    for (const { due, rows } of run.later) this.#keep(run.view(rows), due, forward);
    return run.refused < 0 ? batch.count : run.refused;
  }

  #sort(run: Run, row: number): void {
    const fate = this.#fate;
    clearFate(fate);
    this.#judge(run.batch.packet(row), fate);
    if (fate.dropped) return;
    const now = this.#context.clock.now();
    const due = Math.max(this.#lastDue, now + fate.delay);
    if (fate.heldBack === 0) this.#lastDue = due;
    const leaves = due + fate.heldBack;
    if (fate.replaced !== undefined) this.#replace(run, row, leaves > now ? leaves : 0);
    else if (leaves > now) run.postpone(row, leaves, 1 + fate.extra);
    else run.pass(row, 1 + fate.extra);
  }

  /** A changed packet is a copy: what was lent stays as it is. */
  #replace(run: Run, row: number, due: number): void {
    const copy = this.#context.pool.of(this.#fate.replaced!);
    if (copy === undefined) return;
    copy.remote = run.batch.remote;
    try {
      for (let left = 1 + this.#fate.extra; left > 0; left--) {
        if (due > 0) this.#keep(copy, due, run.forward);
        else run.passCopy(copy, row);
      }
    } finally {
      copy.release();
    }
  }

  #keep(batch: PacketBatch, due: number, forward: Forward): void {
    const kept = this.#room.keep(batch, due, (copy) => {
      const taken = forward(copy);
      if (taken < copy.count) this.#context.drop('bind-refused', copy.count - taken);
    });
    if (!kept) this.#context.drop('queue-full', batch.count);
  }
}

/** One batch on its way through: what goes on now, in order, and what goes later. */
class Run {
  readonly batch: PacketBatch;
  readonly forward: Forward;
  readonly later: Group[] = [];
  /** The first row that was not taken; -1: none. */
  refused = -1;
  readonly #pool: BatchPool;
  #rows: number[] = [];

  constructor(batch: PacketBatch, forward: Forward, pool: BatchPool) {
    this.batch = batch;
    this.forward = forward;
    this.#pool = pool;
  }

  pass(row: number, times: number): void {
    for (let i = 0; i < times; i++) this.#rows.push(row);
  }

  passCopy(copy: PacketBatch, row: number): void {
    this.flush();
    if (this.refused < 0 && this.forward(copy) < copy.count) this.refused = row;
  }

  postpone(row: number, due: number, times: number): void {
    const last = this.later.at(-1);
    const group = last?.due === due ? last : { due, rows: [] };
    if (group !== last) this.later.push(group);
    for (let i = 0; i < times; i++) group.rows.push(row);
  }

  flush(): void {
    const rows = this.#rows;
    if (rows.length === 0 || this.refused >= 0) return;
    this.#rows = [];
    const taken = this.forward(rows.length === this.batch.count ? this.batch : this.view(rows));
    if (taken < rows.length) this.refused = rows[taken]!;
  }

  view(rows: readonly number[]): PacketBatch {
    return new BatchView(this.batch, rows, this.#pool);
  }
}
