import { afterEach, expect, test, vi } from 'vitest';

afterEach(() => {
  vi.unstubAllGlobals();
  vi.resetModules();
});

const chooseFresh = async () => (await import('./choose-crypto.js')).chooseCrypto();

test('packets go to the kernel where WebAssembly has SIMD', async () => {
  const { chosen, rejected } = await chooseFresh();
  expect([chosen.packets, chosen.chacha20poly1305, rejected]).toEqual(['wasm', 'wasm', []]);
});

test.each([
  ['there is no WebAssembly', undefined],
  ['WebAssembly has no SIMD', { ...WebAssemblyOf(), validate: () => false }],
])('noble takes the packets, and nothing is rejected, when %s', async (_, api) => {
  vi.stubGlobal('WebAssembly', api);
  const { chosen, rejected } = await chooseFresh();
  expect([chosen.packets, chosen.chacha20poly1305, rejected]).toEqual(['noble', 'noble', []]);
});

test('noble takes the packets, and the reason is kept, where compiling at once is refused', async () => {
  class Module {
    constructor() {
      throw new RangeError('WebAssembly.Compile is disallowed on the main thread');
    }
  }
  vi.stubGlobal('WebAssembly', { ...WebAssemblyOf(), Module });
  const { chosen, rejected } = await chooseFresh();
  expect([chosen.packets, chosen.chacha20poly1305]).toEqual(['noble', 'noble']);
  const reason = 'could not start: WebAssembly.Compile is disallowed on the main thread';
  expect(rejected).toContainEqual({ provider: 'wasm', primitive: 'packets', reason });
});

test('all choices of a thread share one kernel memory', async () => {
  const { chooseCrypto } = await import('./choose-crypto.js');
  const [a, b] = [chooseCrypto().packets.allocate(100), chooseCrypto().packets.allocate(100)];
  expect(a.buffer).toBe(b.buffer);
  expect(a.byteOffset).not.toBe(b.byteOffset);
});

test('the probe for SIMD is a valid module', async () => {
  const { hasWasmSimd } = await import('./wasm-module.js');
  expect(hasWasmSimd()).toBe(true);
});

/** The real one, spelled out: its members do not enumerate. */
function WebAssemblyOf() {
  const { Memory, Module, Instance, validate } = (globalThis as unknown as { WebAssembly: Record<string, unknown> }).WebAssembly;
  return { Memory, Module, Instance, validate };
}
