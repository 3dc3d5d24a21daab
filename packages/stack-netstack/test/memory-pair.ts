import { type Flow, type PacketBatch, SlabPool, type WritableBatch } from '@heddle/core';
import { createSegmentPlan, planSegments, type SegmentPlan, segmentLength, writeSegments } from '@heddle/wire';
import { Host } from '../src/host.js';
import { OneTimer } from '../src/one-timer.js';
import { type TcpOptions, tcpSettings } from '../src/tcp/tcp-settings.js';

export interface PairOptions {
  /** What time it is, and how to be called later. */
  readonly now: () => number;
  readonly at: (time: number, run: () => void) => () => void;
  /** Cuts super-packets into segments with checksums on their way, as a wire without offload would. */
  readonly cuts: boolean;
  readonly tcp?: TcpOptions;
  /** Memory and cutter that a node would have; plain memory and the reference without. */
  readonly kernel?: Kernel;
}

export interface Kernel {
  allocate(bytes: number): Uint8Array;
  segment(slab: Uint8Array, offset: number, plan: SegmentPlan, into: WritableBatch, first: number, at: number, stride: number): number;
}

const REFERENCE: Kernel = { allocate: (bytes) => new Uint8Array(bytes), segment: writeSegments };

const CHUNK = 65_536;

/** Two hosts in real time, one thread and no delay: what the stack itself costs. */
export class MemoryPair {
  readonly hosts: readonly [Host, Host];
  readonly #options: PairOptions;
  readonly #kernel: Kernel;
  readonly #pool: SlabPool;
  readonly #plan: SegmentPlan = createSegmentPlan();
  readonly #queues: readonly [WritableBatch[], WritableBatch[]] = [[], []];
  readonly #chunk = new Uint8Array(CHUNK).map((_, i) => i);
  #sent: Flow | undefined;
  #received: Flow | undefined;
  #isMoving = false;

  constructor(options: PairOptions) {
    this.#options = options;
    this.#kernel = options.kernel ?? REFERENCE;
    this.#pool = new SlabPool({ allocate: (n) => this.#kernel.allocate(n), smallSlabs: 1024, largeSlabs: 128, exhausted: () => {} });
    this.hosts = [this.#host(0), this.#host(1)];
    this.hosts[1].tcp.newcomers.listeners.add({
      address: undefined,
      at: { address: '0.0.0.0', port: 80 },
      accept: (flow) => {
        this.#received = flow;
      },
      backlog: 4096,
      halfOpen: 0,
    });
  }

  get connections(): number {
    return this.hosts[1].tcp.count;
  }

  /** Opens a connection and runs the handshake to its end. */
  connect(localPort: number): Flow {
    const [host] = this.hosts;
    const tuple = { local: Uint8Array.of(10, 0, 0, 1), localPort, remote: Uint8Array.of(10, 0, 0, 2), remotePort: 80 };
    let opened: Flow | undefined;
    const opening = {
      opened: (flow: Flow) => {
        opened = flow;
      },
      failed: () => {},
      acceptor: undefined,
    };
    const now = this.#options.now();
    host.tcp.connect(tuple, opening, now);
    host.run(now);
    this.#move();
    if (opened === undefined) throw new Error('the handshake did not end');
    return opened;
  }

  /** Moves this many bytes over one connection as far as they go without waiting. Returns how many arrived. */
  pump(bytes: number): number {
    this.#sent ??= this.connect(50_000);
    const into = this.#chunk.slice();
    let [written, read] = [0, 0];
    for (let idle = 0; read < bytes && idle < 3; idle++) {
      const before = read;
      while (written < bytes) {
        const taken = this.#sent.write(this.#chunk.subarray(0, Math.min(CHUNK, bytes - written)));
        if (taken === 0) break;
        written += taken;
      }
      this.#move();
      for (let n = this.#received!.read(into); n > 0; n = this.#received!.read(into)) read += n;
      this.#move();
      if (read > before) idle = -1;
    }
    return read;
  }

  #host(index: 0 | 1): Host {
    const { now, at, tcp = {} } = this.#options;
    const clock = { now, at, wall: now };
    const host: Host = new Host({
      settings: { tcp: tcpSettings(tcp), acceptAny: false, refuseUdp: true },
      random: { fill: (into) => void into.fill(7 * index + 1) },
      now,
      emit: (batch) => this.#carry(index, batch),
      drop: () => {},
      changed: () => timer.set(host.nextDeadline),
    });
    const timer: OneTimer = new OneTimer(clock, () => {
      host.tick(now());
      this.#move();
    });
    host.configure({ addresses: [`10.0.0.${index + 1}/24`], routes: [], mtu: 1420 });
    host.writer.use(this.#pool);
    return host;
  }

  /** Queued, so that no host is entered in the middle of its work. */
  #carry(from: 0 | 1, batch: PacketBatch): void {
    const queue = this.#queues[from === 0 ? 1 : 0];
    if (batch.offload !== undefined && this.#options.cuts) for (let i = 0; i < batch.count; i++) this.#cut(batch, i, queue);
    else this.#copy(batch, queue);
  }

  #copy(batch: PacketBatch, queue: WritableBatch[]): void {
    const lease = this.#pool.lease(batch);
    if (lease !== undefined) queue.push(lease.batch as WritableBatch);
  }

  #cut(batch: PacketBatch, index: number, queue: WritableBatch[]): void {
    const plan = this.#plan;
    if (!planSegments(batch.slab, batch.offsets[index]!, batch.lengths[index]!, batch.offload!.segmentSize, plan)) return;
    const stride = segmentLength(plan, 0);
    const into = this.#pool.take(plan.count, stride);
    if (into === undefined) return;
    for (let i = 0; i < plan.count; i++) into.add(segmentLength(plan, i));
    const slot = plan.count > 1 ? into.offsets[1]! - into.offsets[0]! : stride;
    this.#kernel.segment(batch.slab, batch.offsets[index]!, plan, into, 0, into.offsets[0]!, slot);
    queue.push(into);
  }

  #move(): void {
    if (this.#isMoving) return;
    this.#isMoving = true;
    while (this.#queues[0].length + this.#queues[1].length > 0) for (const to of [1, 0] as const) this.#arrive(to);
    this.#isMoving = false;
  }

  #arrive(to: 0 | 1): void {
    for (const batch of this.#queues[to].splice(0)) {
      this.hosts[to].input(batch, this.#options.now());
      batch.release();
    }
  }
}
