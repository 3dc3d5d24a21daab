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

test.each([0, 1, 4_077, 300_000])(
  '%i bytes are sealed and opened in memory of the caller, also where they lie, as they are outside of it',
  async (length) => {
    const { chacha20poly1305: aead } = await chooseFresh();
    const [key, nonce] = [new Uint8Array(32).fill(1), new Uint8Array(12).fill(2)];
    const plaintext = new Uint8Array(length).fill(3);
    const sealed = aead.seal(key, nonce, plaintext);
    const memory = new Uint8Array(length + 20).fill(3);
    aead.sealInto!(key, nonce, memory.subarray(2, 2 + length), memory, 2);
    expect(Buffer.compare(memory, Buffer.concat([Uint8Array.of(3, 3), sealed, Uint8Array.of(3, 3)]))).toBe(0);
    const opened = new Uint8Array(length + 4);
    expect(aead.openInto!(key, nonce, sealed, opened, 2)).toBe(true);
    expect(Buffer.compare(opened, Buffer.concat([new Uint8Array(2), plaintext, new Uint8Array(2)]))).toBe(0);
  },
);

test('what was changed on the way, or is too short, leaves the memory of the caller as it was', async () => {
  const { chacha20poly1305: aead } = await chooseFresh();
  const [key, nonce] = [new Uint8Array(32).fill(1), new Uint8Array(12).fill(2)];
  const memory = new Uint8Array(300_020).fill(9);
  for (const length of [0, 100, 300_000]) {
    const sealed = aead.seal(key, nonce, new Uint8Array(length));
    sealed[length]! ^= 1;
    expect(aead.openInto!(key, nonce, sealed, memory, 0)).toBe(false);
  }
  expect(aead.openInto!(key, nonce, new Uint8Array(15), memory, 0)).toBe(false);
  expect(memory.every((byte) => byte === 9)).toBe(true);
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
