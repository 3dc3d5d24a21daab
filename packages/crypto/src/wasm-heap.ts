import type { Bytes } from './contract.js';

const ALIGNMENT = 16;
/** Sizes between two powers of two; a slab is at most an eighth larger than what was asked for. */
const STEPS = 8;

/** Hands out parts of one buffer of fixed size, from `start` to its end. Single-threaded. */
export class WasmHeap {
  readonly #buffer: ArrayBuffer;
  #next: number;
  /** Addresses given back, by size. */
  readonly #free: Map<number, number[]> = new Map();
  /** Sizes of what is out, by address. */
  readonly #out: Map<number, number> = new Map();

  constructor(buffer: ArrayBuffer, start: number) {
    this.#buffer = buffer;
    this.#next = (start + ALIGNMENT - 1) & -ALIGNMENT;
  }

  /** Zeroed bytes at a multiple of 16. Undefined when there is no such piece left. */
  allocate(bytes: number): Bytes | undefined {
    const size = sizeClass(bytes);
    const address = this.#free.get(size)?.pop() ?? this.#fresh(size);
    if (address === undefined) return undefined;
    this.#out.set(address, size);
    return new Uint8Array(this.#buffer, address, bytes);
  }

  /** Takes back what `allocate` gave and wipes it; anything else is left alone. */
  free(slab: Bytes): void {
    const address = slab.byteOffset;
    const size = slab.buffer === this.#buffer ? this.#out.get(address) : undefined;
    if (size === undefined) return;
    this.#out.delete(address);
    new Uint8Array(this.#buffer, address, size).fill(0);
    const waiting = this.#free.get(size);
    if (waiting === undefined) this.#free.set(size, [address]);
    else waiting.push(address);
  }

  #fresh(size: number): number | undefined {
    const address = this.#next;
    if (address + size > this.#buffer.byteLength) return undefined;
    this.#next += size;
    return address;
  }
}

function sizeClass(bytes: number): number {
  const whole = Math.max(bytes, ALIGNMENT);
  const step = Math.max(ALIGNMENT, 2 ** Math.floor(Math.log2(whole)) / STEPS);
  return Math.ceil(whole / step) * step;
}
