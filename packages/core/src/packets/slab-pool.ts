import type { BatchPool, Bytes, Lease, PacketBatch, WritableBatch } from '../contracts/packets.js';
import { Batch, copyBatch, type SlabOwner, slabBytes } from './batch.js';
import { slotSize } from './layout.js';

/** A small slab takes one packet of a usual MTU, a large one a whole batch or a super-packet. */
const SMALL_SLAB = 2304;
export const LARGE_SLAB: number = 128 * 1024;
export const LARGE_PACKETS = 128;
const POISON = 0xdb;

export interface SlabPoolOptions {
  /** Where slabs come from: the crypto provider, so that they may be WASM memory. */
  readonly allocate: (bytes: number) => Bytes;
  readonly smallSlabs: number;
  readonly largeSlabs: number;
  /** Where they go back to when the pool is closed. */
  readonly free?: (slab: Bytes) => void;
  /** Called with each batch that could not be had. */
  readonly exhausted: () => void;
  /** For tests: released slabs are overwritten and batch objects never reused, so that a kept one shows. */
  readonly poison?: boolean;
}

/** All the packet memory of a node. Slabs are made when first needed and kept. */
export class SlabPool implements BatchPool, SlabOwner {
  readonly #options: SlabPoolOptions;
  readonly #free: { readonly small: Batch[]; readonly large: Batch[] } = { small: [], large: [] };
  readonly #out = new Map<PacketBatch, PoolScope | undefined>();
  #small = 0;
  #large = 0;
  #holder: PoolScope | undefined;
  #closed = false;

  constructor(options: SlabPoolOptions) {
    this.#options = options;
  }

  /** Batches that are out. */
  get inUse(): number {
    return this.#out.size;
  }

  take(packets: number, bytesEach: number): WritableBatch | undefined {
    return this.#take(packets, packets * slotSize(bytesEach), this.#holder);
  }

  of(...packets: Bytes[]): WritableBatch | undefined {
    return this.ofFor(packets, this.#holder);
  }

  /** As `of`, on somebody's account. */
  ofFor(packets: readonly Bytes[], scope: PoolScope | undefined): WritableBatch | undefined {
    const bytes = packets.reduce((sum, packet) => sum + slotSize(packet.length), 0);
    const batch = this.#take(packets.length, bytes, scope);
    for (const packet of packets) batch?.push(packet);
    return batch;
  }

  takeFor(packets: number, bytesEach: number, scope: PoolScope): WritableBatch | undefined {
    return this.#take(packets, packets * slotSize(bytesEach), scope);
  }

  lease(batch: PacketBatch): Lease | undefined {
    const copy = this.#take(batch.count, slabBytes(batch), this.#holder);
    if (copy === undefined) return undefined;
    copyBatch(batch, copy);
    return { batch: copy, release: once(() => copy.release()) };
  }

  release(batch: Batch): void {
    if (!this.#out.delete(batch)) return;
    batch.clear();
    if (this.#options.poison) batch.slab.fill(POISON);
    if (this.#closed) this.#options.free?.(batch.slab);
    else this.#keep(batch);
  }

  /** Gives all memory back: what is out follows when it is released. */
  close(): void {
    this.#closed = true;
    for (const batches of [this.#free.small, this.#free.large]) for (const { slab } of batches.splice(0)) this.#options.free?.(slab);
  }

  #keep(batch: Batch): void {
    const small = batch.slab.length === SMALL_SLAB;
    this.#free[small ? 'small' : 'large'].push(this.#options.poison ? new Batch(batch.slab, batch.offsets.length, this) : batch);
  }

  /** Leases are on the account of the part whose code runs. Returns the part before, to be entered again. */
  enter(holder: PoolScope | undefined): PoolScope | undefined {
    const before = this.#holder;
    this.#holder = holder;
    return before;
  }

  /** A view for one part, whose batches can be taken back all at once. */
  scope(): PoolScope {
    return new PoolScope(this);
  }

  /** Releases what a part still has out; returns how many batches that were. */
  revoke(scope: PoolScope): number {
    const held = [...this.#out].filter(([, holder]) => holder === scope);
    for (const [batch] of held) this.release(batch as Batch);
    return held.length;
  }

  /** Batches that are out: 0 when nobody holds anything. */
  get outstanding(): number {
    return this.#out.size;
  }

  #take(packets: number, bytes: number, scope: PoolScope | undefined): Batch | undefined {
    const small = packets === 1 && bytes <= SMALL_SLAB;
    const fits = !this.#closed && packets > 0 && packets <= LARGE_PACKETS && bytes <= LARGE_SLAB;
    const batch = fits ? (small ? this.#takeSmall() : this.#takeLarge()) : undefined;
    if (batch === undefined) this.#options.exhausted();
    else this.#out.set(batch, scope);
    return batch;
  }

  #takeSmall(): Batch | undefined {
    const free = this.#free.small.pop();
    if (free !== undefined || this.#small >= this.#options.smallSlabs) return free;
    this.#small += 1;
    return new Batch(this.#options.allocate(SMALL_SLAB), 1, this);
  }

  #takeLarge(): Batch | undefined {
    const free = this.#free.large.pop();
    if (free !== undefined || this.#large >= this.#options.largeSlabs) return free;
    this.#large += 1;
    return new Batch(this.#options.allocate(LARGE_SLAB), LARGE_PACKETS, this);
  }
}

/** The pool as one part sees it. */
export class PoolScope implements BatchPool {
  readonly #pool: SlabPool;
  #revoked = false;

  constructor(pool: SlabPool) {
    this.#pool = pool;
  }

  take(packets: number, bytesEach: number): WritableBatch | undefined {
    return this.#revoked ? undefined : this.#pool.takeFor(packets, bytesEach, this);
  }

  of(...packets: Bytes[]): WritableBatch | undefined {
    return this.#revoked ? undefined : this.#pool.ofFor(packets, this);
  }

  /** Takes everything back; nothing more is given. */
  revoke(): number {
    this.#revoked = true;
    return this.#pool.revoke(this);
  }
}

function once(run: () => void): () => void {
  let done = false;
  return () => {
    if (done) return;
    done = true;
    run();
  };
}
