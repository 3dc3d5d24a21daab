import { PacketBatch, SlabPool, type StackConfig } from '@heddle/core';
import { SeededRandom, VirtualClock } from '@heddle/testing';
import { createSegmentPlan, planSegments, segmentLength, writeSegments } from '@heddle/wire';
import { NetstackStack } from '../src/netstack-stack.js';
import type { NetstackOptions } from '../src/options.js';
import { runEventsUntil } from './run-events.js';

export interface WireOptions {
  readonly delay?: number;
  readonly loss?: number;
  readonly duplicate?: number;
  /** Share of packets that take this many milliseconds longer. */
  readonly reorder?: number;
  readonly reorderBy?: number;
  readonly mtu?: number;
  /** Says what becomes of a packet: false drops it. */
  readonly filter?: (packet: Uint8Array, from: number) => boolean;
}

/** Two netstacks with a wire between them, in virtual time. */
export class TwoStacks {
  readonly clock = new VirtualClock({ flood: 20_000 });
  readonly stacks: readonly [NetstackStack, NetstackStack];
  readonly drops: Map<string, number>[] = [new Map(), new Map()];
  packets = 0;
  superPackets = 0;
  readonly random: SeededRandom;
  readonly #plan = createSegmentPlan();
  wire: WireOptions;

  constructor(wire: WireOptions = {}, seed: number | string = 1, options: NetstackOptions = {}) {
    this.wire = wire;
    this.random = new SeededRandom(seed);
    this.stacks = [new NetstackStack(options), new NetstackStack(options)];
  }

  async open(): Promise<this> {
    for (const [index, stack] of this.stacks.entries()) {
      stack.packets$.subscribe((batch) => this.#carry(index, batch));
      await stack.open(this.#context(index), new AbortController().signal);
      await stack.configure(this.#config(index));
    }
    return this;
  }

  /** Runs until this is so, with nothing but events of the clock; false: it was not within that many milliseconds. */
  until(isDone: () => boolean, within: number): boolean {
    return runEventsUntil(this.clock, isDone, within);
  }

  #config(index: number): StackConfig {
    return { addresses: [`10.0.0.${index + 1}/24`, `fd00::${index + 1}/64`], routes: ['10.0.0.0/8'], mtu: this.wire.mtu ?? 1420 };
  }

  #context(index: number) {
    const drop = (reason: string, packets: number): void => {
      this.drops[index]!.set(reason, (this.drops[index]!.get(reason) ?? 0) + packets);
    };
    const log = { debug() {}, info() {}, warn() {}, error() {} };
    const pool = new SlabPool({
      allocate: (n) => new Uint8Array(n),
      smallSlabs: 1024,
      largeSlabs: 64,
      exhausted: () => drop('pool', 1),
      poison: true,
    });
    return { clock: this.clock, random: new SeededRandom(`${this.random.seed}/${index}`), pool, log, drop };
  }

  #carry(from: number, batch: PacketBatch): void {
    const plan = this.#plan;
    for (let i = 0; i < batch.count; i++) {
      if (batch.offload === undefined) {
        this.#packet(from, batch.packet(i).slice());
        continue;
      }
      this.superPackets += 1;
      if (!planSegments(batch.slab, batch.offsets[i]!, batch.lengths[i]!, batch.offload.segmentSize, plan))
        throw new Error('bad super-packet');
      const stride = segmentLength(plan, 0);
      const table = {
        slab: new Uint8Array(plan.count * stride),
        offsets: new Uint32Array(plan.count),
        lengths: new Uint32Array(plan.count),
      };
      const count = writeSegments(batch.slab, batch.offsets[i]!, plan, table, 0, 0, stride);
      for (let j = 0; j < count; j++) this.#packet(from, table.slab.slice(table.offsets[j]!, table.offsets[j]! + table.lengths[j]!));
    }
  }

  #packet(from: number, packet: Uint8Array): void {
    const { loss = 0, duplicate = 0, reorder = 0, reorderBy = 5, delay = 0, mtu = 1420 } = this.wire;
    this.packets += 1;
    if (packet.length > mtu) throw new Error(`a packet of ${packet.length} bytes on a wire of ${mtu}`);
    if (this.wire.filter !== undefined && !this.wire.filter(packet, from)) return;
    if (this.random.chance(loss)) return;
    const copies = this.random.chance(duplicate) ? 2 : 1;
    for (let i = 0; i < copies; i++) {
      const late = this.random.chance(reorder) ? reorderBy : 0;
      this.clock.at(this.clock.now() + delay + late, () => this.stacks[1 - from]!.deliver(PacketBatch.of(packet)));
    }
  }
}
