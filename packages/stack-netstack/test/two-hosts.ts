import { type Flow, PacketBatch, SlabPool } from '@heddle/core';
import { SeededRandom, VirtualClock } from '@heddle/testing';
import { createSegmentPlan, parseAddress, planSegments, segmentLength, writeSegments } from '@heddle/wire';
import { Host } from '../src/host.js';
import { OneTimer } from '../src/one-timer.js';
import type { FourTuple } from '../src/tcp/four-tuple.js';
import { type TcpOptions, tcpSettings } from '../src/tcp/tcp-settings.js';
import { runEventsUntil } from './run-events.js';
import { SimulatedWire, type WireFaults } from './simulated-wire.js';

/** Two hosts without promises around them, on a wire in virtual time: quick enough to move megabytes in a test. */
export class TwoHosts {
  readonly clock = new VirtualClock({ flood: 100_000 });
  readonly random: SeededRandom;
  readonly hosts: readonly [Host, Host];
  readonly wires: readonly [SimulatedWire, SimulatedWire];
  readonly drops: readonly Map<string, number>[] = [new Map(), new Map()];
  readonly mtu: number;
  readonly #plan = createSegmentPlan();
  /** Sees what the second host sends. */
  tap: (packet: Uint8Array) => void = () => {};

  constructor(faults: WireFaults = {}, seed: number | string = 1, tcp: TcpOptions = {}, mtu = 1420) {
    this.mtu = mtu;
    this.random = new SeededRandom(seed);
    this.hosts = [this.#host(0, tcp), this.#host(1, tcp)];
    this.wires = [this.#wire(1, faults), this.#wire(0, faults)];
  }

  connect(localPort: number, remotePort = 80): Promise<Flow> {
    return new Promise((resolve, reject) => this.open(localPort, resolve, reject, remotePort));
  }

  /** Opens from the first host to the second. */
  open(localPort: number, opened: (flow: Flow) => void, failed: (error: unknown) => void = () => {}, remotePort = 80): void {
    const tuple: FourTuple = { local: address(0), localPort, remote: address(1), remotePort };
    const [host] = this.hosts;
    host.tcp.connect(tuple, { opened, failed, acceptor: undefined }, this.clock.now());
    host.run(this.clock.now());
  }

  listen(accept: (flow: Flow) => void, backlog = 1024): void {
    const at = { address: '0.0.0.0', port: 80 };
    this.hosts[1].tcp.newcomers.listeners.add({ address: undefined, at, accept, backlog, halfOpen: 0 });
  }

  /** A packet from nowhere. */
  inject(to: 0 | 1, packet: Uint8Array): void {
    this.hosts[to].input(PacketBatch.of(packet), this.clock.now());
  }

  /** Runs until this is so; false: it was not within that many milliseconds. */
  until(isDone: () => boolean, within: number): boolean {
    return runEventsUntil(this.clock, isDone, within);
  }

  #host(index: number, tcp: TcpOptions): Host {
    const { clock } = this;
    const drops = this.drops[index]!;
    const drop = (reason: string, packets: number): void => void drops.set(reason, (drops.get(reason) ?? 0) + packets);
    const host: Host = new Host({
      settings: { tcp: tcpSettings(tcp), acceptAny: false, refuseUdp: true },
      random: this.random.fork(`host ${index}`),
      now: () => clock.now(),
      emit: (batch) => this.#emit(index, batch),
      drop,
      changed: () => timer.set(host.nextDeadline),
    });
    const timer: OneTimer = new OneTimer(clock, () => host.tick(clock.now()));
    host.configure({ addresses: [`10.0.0.${index + 1}/24`], routes: [], mtu: this.mtu });
    host.writer.use(
      new SlabPool({ allocate: (n) => new Uint8Array(n), smallSlabs: 256, largeSlabs: 32, exhausted: () => drop('pool', 1) }),
    );
    return host;
  }

  #wire(to: number, faults: WireFaults): SimulatedWire {
    const deliver = (packets: readonly Uint8Array[]): void => {
      for (const packet of packets) this.hosts[to]!.input(PacketBatch.of(packet), this.clock.now());
    };
    return new SimulatedWire(this.clock, this.random.fork(`wire to ${to}`), faults, deliver);
  }

  #emit(from: number, batch: PacketBatch): void {
    for (let i = 0; i < batch.count; i++) {
      if (batch.offload === undefined) this.#carry(from, batch.packet(i).slice());
      else for (const packet of segments(batch, i, batch.offload.segmentSize, this.#plan)) this.#carry(from, packet);
    }
  }

  #carry(from: number, packet: Uint8Array): void {
    if (from === 1) this.tap(packet);
    this.wires[from]!.carry(packet);
  }
}

const ADDRESSES = ['10.0.0.1', '10.0.0.2'].map((text) => parseAddress(text)! as Uint8Array);

export function address(index: 0 | 1): Uint8Array {
  return ADDRESSES[index]!;
}

function segments(batch: PacketBatch, index: number, size: number, plan: ReturnType<typeof createSegmentPlan>): Uint8Array[] {
  if (!planSegments(batch.slab, batch.offsets[index]!, batch.lengths[index]!, size, plan)) throw new Error('bad super-packet');
  const stride = segmentLength(plan, 0);
  const table = { slab: new Uint8Array(plan.count * stride), offsets: new Uint32Array(plan.count), lengths: new Uint32Array(plan.count) };
  const count = writeSegments(batch.slab, batch.offsets[index]!, plan, table, 0, 0, stride);
  return Array.from({ length: count }, (_, j) => table.slab.slice(table.offsets[j]!, table.offsets[j]! + table.lengths[j]!));
}
