import { WASM_KERNEL } from './wasm-kernel.generated.js';

/** What the packet kernel can do. Every argument is an address in its memory, a count, or a number of bytes. */
export interface KernelFunctions {
  seal(key: number, offsets: number, lengths: number, count: number, work: number): void;
  open(key: number, offsets: number, lengths: number, good: number, count: number, work: number): void;
  sealOne(key: number, nonce: number, additional: number, additionalLength: number, at: number, length: number, work: number): void;
  openOne(key: number, nonce: number, additional: number, additionalLength: number, at: number, length: number, work: number): number;
  blake2s(parameters: number, at: number, length: number, digest: number, work: number): void;
  sum(at: number, length: number): number;
  segment(
    from: number,
    ipHeaderLength: number,
    headerLength: number,
    payloadLength: number,
    segmentSize: number,
    to: number,
    stride: number,
    offsets: number,
    lengths: number,
  ): number;
  coalesce(offsets: number, lengths: number, sizes: number, count: number, work: number): number;
}

/** Memory that a kernel works on. It never grows, so views of it stay valid. */
export interface KernelMemory {
  readonly buffer: ArrayBuffer;
}

/** The part of WebAssembly that is used here; neither Node's types nor ES's declare it. */
interface WebAssemblyApi {
  readonly Memory: new (size: { initial: number; maximum: number }) => KernelMemory;
  readonly Module: new (binary: Uint8Array) => object;
  readonly Instance: new (module: object, imports: { env: { memory: KernelMemory } }) => { readonly exports: object };
  validate(binary: Uint8Array): boolean;
}

function webAssembly(): WebAssemblyApi | undefined {
  return (globalThis as { readonly WebAssembly?: WebAssemblyApi }).WebAssembly;
}

/** A module with one function: i8x16.splat of 0, then its first lane. Valid only where there is SIMD. */
const SIMD_PROBE = Uint8Array.of(
  ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
  ...[1, 5, 1, 0x60, 0, 1, 0x7f],
  ...[3, 2, 1, 0],
  ...[10, 11, 1, 9, 0, 0x41, 0, 0xfd, 15, 0xfd, 22, 0, 11],
);

/** Whether this machine has WebAssembly with SIMD. */
export function hasWasmSimd(): boolean {
  return webAssembly()?.validate(SIMD_PROBE) === true;
}

const PAGE = 65_536;

/** Compiles the kernel over new memory. Throws where compiling at once is not allowed, as in the main thread of some browsers. */
export function instantiateKernel(bytes: number): { readonly memory: KernelMemory; readonly functions: KernelFunctions } {
  const api = webAssembly();
  if (api === undefined) throw new Error('there is no WebAssembly');
  const pages = Math.ceil(bytes / PAGE);
  const memory = new api.Memory({ initial: pages, maximum: pages });
  const binary = Uint8Array.from(atob(WASM_KERNEL), (character) => character.charCodeAt(0));
  const instance = new api.Instance(new api.Module(binary), { env: { memory } });
  return { memory, functions: instance.exports as KernelFunctions };
}
