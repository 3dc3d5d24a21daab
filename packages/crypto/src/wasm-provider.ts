import type { CryptoProvider, Primitives } from './contract.js';
import { ExtendedAead } from './extended-aead.js';
import { nobleProvider } from './noble-provider.js';
import { WasmAead } from './wasm-aead.js';
import { threadKernel } from './wasm-kernel.js';
import { hasWasmSimd } from './wasm-module.js';
import { WasmPackets } from './wasm-packets.js';

/** ChaCha20-Poly1305 by the packet kernel, wherever WebAssembly has SIMD. Packet memory lies in the kernel, one for each thread. */
export const wasmProvider: CryptoProvider = { name: 'wasm', create: createPrimitives };

function createPrimitives(): Partial<Primitives> {
  if (!hasWasmSimd()) return {};
  const kernel = threadKernel();
  const oversize = nobleProvider.create().chacha20poly1305!;
  const chacha20poly1305 = new WasmAead(kernel, oversize);
  return { packets: new WasmPackets(kernel, oversize), chacha20poly1305, xchacha20poly1305: new ExtendedAead(chacha20poly1305) };
}
