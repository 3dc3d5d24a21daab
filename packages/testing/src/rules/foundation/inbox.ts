import type { Bytes, PacketBatch, Remote } from '@heddle/core';
import type { Observable, Subscription } from 'rxjs';
import { batchFault } from './batch-fault.js';
import { POISON } from './poison.js';
import { textOf } from './rule.js';

/** One packet as the only consumer saw it. */
export interface Arrival {
  readonly bytes: Bytes;
  readonly remote: Remote | undefined;
  /** Which batch brought it. */
  readonly batch: number;
}

/** Core's place at a packet stream: copies what comes, then overwrites it, as a consumer may. */
export class Inbox {
  readonly arrivals: Arrival[] = [];
  /** Of these, what the experiment looks for. */
  readonly outputs: Arrival[] = [];
  /** Which those are. Default: all. */
  wanted: (packet: Bytes) => boolean = () => true;
  /** What was wrong with the form of batches. */
  readonly faults: string[] = [];
  /** Sizes of the segments that super-packets are to be cut into, with headers. */
  readonly offloads = new Set<number>();
  batches = 0;
  completed = false;
  errored: unknown;
  /** Set when anything came after the stream had completed or failed. */
  lateEvents = 0;
  /** Runs in the handler, before the batch is overwritten. */
  onBatch: ((batch: PacketBatch) => void) | undefined;
  /** What onBatch threw; caught, as core catches it. */
  readonly thrown: unknown[] = [];
  #subscription: Subscription | undefined;

  subscribe(stream: Observable<PacketBatch>): void {
    this.#subscription = stream.subscribe({
      next: (batch) => this.#take(batch),
      error: (fault) => {
        this.errored = fault ?? 'an error without a value';
      },
      complete: () => {
        this.completed = true;
      },
    });
  }

  unsubscribe(): void {
    this.#subscription?.unsubscribe();
  }

  get count(): number {
    return this.arrivals.length;
  }

  clear(): void {
    this.arrivals.length = 0;
    this.outputs.length = 0;
  }

  #take(batch: PacketBatch): void {
    if (this.completed) this.lateEvents += 1;
    const fault = batchFault(batch);
    if (fault !== undefined) this.faults.push(fault);
    for (let i = 0; i < batch.count; i++) this.#keep({ bytes: batch.packet(i).slice(), remote: batch.remote, batch: this.batches });
    if (batch.offload !== undefined) this.offloads.add(batch.offload.headerLength + batch.offload.segmentSize);
    this.batches += 1;
    this.#hook(batch);
    if (fault === undefined) overwrite(batch);
  }

  #keep(arrival: Arrival): void {
    this.arrivals.push(arrival);
    if (this.wanted(arrival.bytes)) this.outputs.push(arrival);
  }

  #hook(batch: PacketBatch): void {
    try {
      this.onBatch?.(batch);
    } catch (thrown) {
      this.thrown.push(textOf(thrown));
    }
  }
}

/** Received batches may be written by their consumer: packets and room. The table stays as it was. */
function overwrite(batch: PacketBatch): void {
  for (let i = 0; i < batch.count; i++) {
    const offset = batch.offsets[i]!;
    batch.slab.fill(POISON, offset - batch.headroom, offset + batch.lengths[i]! + batch.tailroom);
  }
}
