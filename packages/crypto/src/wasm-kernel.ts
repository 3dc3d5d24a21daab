import type { Bytes } from './contract.js';
import { WasmHeap } from './wasm-heap.js';
import { instantiateKernel, type KernelFunctions } from './wasm-module.js';

/**
 * Where things lie in the kernel's memory.
 *
 *   0      1024   2048                 4096   64 Ki                        96 Ki     320 Ki
 *   | none | work | visiting key, nonce | keys | offsets lengths good sizes | staging | slabs ...
 */
export const PLACE = {
  WORK: 1024,
  VISITING_KEY: 2048,
  NONCE: 2080,
  KEYS: 4096,
  OFFSETS: 0x10000,
  LENGTHS: 0x11000,
  GOOD: 0x12000,
  SIZES: 0x13000,
  STAGING: 0x18000,
  SLABS: 0x50000,
} as const;

export const WORK_BYTES = 1024;
export const KEY_BYTES = 32;
export const KEY_CAPACITY: number = (PLACE.OFFSETS - PLACE.KEYS) / KEY_BYTES;
/** Packets of one call. */
export const TABLE_CAPACITY = 1024;
export const STAGING_BYTES: number = PLACE.SLABS - PLACE.STAGING;

/** Address space for slabs and the rest; only what is touched becomes memory. */
const MEMORY_BYTES = 32 * 1024 * 1024;

/** One instance of the packet kernel with its memory: views of its tables, the heap for slabs, and places for keys. */
export class WasmKernel {
  readonly functions: KernelFunctions;
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly offsets: Uint32Array;
  readonly lengths: Uint32Array;
  readonly good: Uint8Array;
  readonly sizes: Uint32Array;
  readonly heap: WasmHeap;
  readonly #buffer: ArrayBuffer;
  /** Places for keys that are free. */
  readonly #keyPlaces: number[] = [];
  #usedKeys = 0;

  constructor(memoryBytes: number = MEMORY_BYTES) {
    const { memory, functions } = instantiateKernel(Math.max(memoryBytes, PLACE.SLABS));
    this.functions = functions;
    this.#buffer = memory.buffer;
    this.bytes = new Uint8Array(memory.buffer);
    this.offsets = new Uint32Array(memory.buffer, PLACE.OFFSETS, TABLE_CAPACITY);
    this.lengths = new Uint32Array(memory.buffer, PLACE.LENGTHS, TABLE_CAPACITY);
    this.good = new Uint8Array(memory.buffer, PLACE.GOOD, TABLE_CAPACITY);
    this.sizes = new Uint32Array(memory.buffer, PLACE.SIZES, TABLE_CAPACITY);
    this.heap = new WasmHeap(memory.buffer, PLACE.SLABS);
  }

  /** Whether the kernel can work on this slab where it is. */
  owns(slab: Bytes): boolean {
    return slab.buffer === this.#buffer;
  }

  /** Copies a key into the kernel and returns its address; undefined when all places are taken. */
  keepKey(key: Bytes): number | undefined {
    const place = this.#keyPlaces.pop() ?? (this.#usedKeys < KEY_CAPACITY ? PLACE.KEYS + KEY_BYTES * this.#usedKeys++ : undefined);
    if (place !== undefined) this.bytes.set(key, place);
    return place;
  }

  /** Wipes a key and what the last packet left in the work area. */
  dropKey(place: number): void {
    this.bytes.fill(0, place, place + KEY_BYTES);
    this.#keyPlaces.push(place);
    this.wipe();
  }

  /** Wipes the work area and the visiting key. */
  wipe(): void {
    this.bytes.fill(0, PLACE.WORK, PLACE.NONCE);
  }
}

let kernel: WasmKernel | undefined;

/**
 * The kernel of this thread, made when first asked for. The one piece of module state in this package: each memory takes gigabytes of
 * address space for its guard pages, so nodes of one thread share it.
 */
export function threadKernel(): WasmKernel {
  kernel ??= new WasmKernel();
  return kernel;
}
