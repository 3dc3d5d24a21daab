import type { CryptoProvider, Primitives } from './contract.js';
import { ExtendedAead } from './extended-aead.js';
import { nobleProvider } from './noble-provider.js';
import { WasmAead } from './wasm-aead.js';
import { WasmBlake2s, WasmMac } from './wasm-blake2s.js';
import { threadKernel } from './wasm-kernel.js';
import { hasWasmSimd } from './wasm-module.js';
import { WasmPackets } from './wasm-packets.js';

/** ChaCha20-Poly1305 and BLAKE2s by the packet kernel, wherever WebAssembly has SIMD. Packet memory lies in the kernel, one for each thread. */
export const wasmProvider: CryptoProvider = { name: 'wasm', create: createPrimitives };

function createPrimitives(): Partial<Primitives> {
  if (!hasWasmSimd()) return {};
  const kernel = threadKernel();
  const noble = nobleProvider.create();
  const chacha20poly1305 = new WasmAead(kernel, noble.chacha20poly1305!);
  const blake2s = new WasmBlake2s(kernel, noble.blake2s!);
  return {
    packets: new WasmPackets(kernel, noble.chacha20poly1305!),
    chacha20poly1305,
    xchacha20poly1305: new ExtendedAead(chacha20poly1305),
    blake2s,
    mac: new WasmMac(kernel, blake2s, noble.mac!),
  };
}
