import { afterEach, describe, expect, test, vi } from 'vitest';
import { chooseCrypto } from './choose-crypto.js';
import type { Aead, CryptoProvider, PacketAead, PrimitiveName, Primitives } from './contract.js';
import { nobleProvider } from './noble-provider.js';
import { nodeProvider } from './node-provider.js';
import { builtInProviders, PRIMITIVE_NAMES } from './preference.js';
import { selfTest } from './self-test.js';

const noble = nobleProvider.create() as Primitives;
const provider = (name: string, offered: Partial<Primitives>): CryptoProvider => ({ name, create: () => offered });
const flipped = <T extends Uint8Array>(bytes: T): T => {
  bytes[0]! ^= 1;
  return bytes;
};

describe('by default', () => {
  test('the kernel serves packets and all of BLAKE2s, node the agreements, noble the rest, and nothing is rejected', () => {
    const { chosen, rejected } = chooseCrypto();
    expect(chosen).toEqual({
      x25519: 'node',
      mac: 'wasm',
      packets: 'wasm',
      chacha20poly1305: 'wasm',
      xchacha20poly1305: 'wasm',
      blake2s: 'wasm',
      nacl: 'noble',
    });
    expect(rejected).toEqual([]);
  });

  test('what is chosen can be used', () => {
    const { x25519, nacl } = chooseCrypto();
    const [a, b] = [x25519.load(new Uint8Array(32).fill(1)), x25519.load(new Uint8Array(32).fill(2))];
    expect(nacl.sharedKey(a, b.publicKey)).toEqual(nacl.sharedKey(b, a.publicKey));
  });

  test('two choices share nothing: a key slot of one is not loaded in the other', () => {
    const slot = chooseCrypto().packets.load(new Uint8Array(32));
    expect(() => chooseCrypto().packets.unload(slot)).toThrow(expect.objectContaining({ code: 'HEDDLE_CRYPTO_SLOT' }));
  });
});

describe('where there is no node:crypto', () => {
  afterEach(() => vi.unstubAllGlobals());

  test.each([
    ['there is no process', undefined],
    ['process is too old for getBuiltinModule', {}],
    ['the module is not known', { getBuiltinModule: () => undefined }],
  ])('stablelib agrees and the kernel does what it can when %s', (_, process) => {
    vi.stubGlobal('process', process);
    const choice = chooseCrypto();
    vi.unstubAllGlobals();
    expect([choice.chosen.x25519, choice.chosen.mac, choice.rejected]).toEqual(['stablelib', 'wasm', []]);
  });

  test('forcing node says that it is not offered here', () => {
    vi.stubGlobal('process', undefined);
    const force = () => chooseCrypto({ force: { x25519: 'node' } });
    expect(force).toThrow(expect.objectContaining({ code: 'HEDDLE_CRYPTO_FORCE', message: expect.stringContaining('not offered here') }));
  });

  test('a crypto module that cannot do X25519 is passed over with the reason', () => {
    const crippled = {
      createPrivateKey: () => {
        throw new Error('unsupported curve');
      },
    };
    vi.stubGlobal('process', { getBuiltinModule: () => crippled });
    const { chosen, rejected } = chooseCrypto();
    vi.unstubAllGlobals();
    expect(chosen.x25519).toBe('stablelib');
    expect(rejected).toContainEqual({ provider: 'node', primitive: 'x25519', reason: 'self-test threw: unsupported curve' });
  });
});

describe('a provider of your own', () => {
  test('comes before the built-in ones', () => {
    const mine = provider('mine', { packets: noble.packets });
    const { chosen } = chooseCrypto({ providers: [mine, ...builtInProviders] });
    expect([chosen.packets, chosen.x25519]).toEqual(['mine', 'node']);
  });

  test('named wasm takes the packets, wherever it stands in the list', () => {
    const wasm = provider('wasm', { packets: noble.packets });
    expect(chooseCrypto({ providers: [nodeProvider, nobleProvider, wasm] }).chosen.packets).toBe('wasm');
  });

  test('is asked for its implementations once, and tested only for what may be chosen', () => {
    const create = vi.fn(() => ({ nacl: noble.nacl, mac: noble.mac }));
    const last = vi.fn(() => noble);
    chooseCrypto({ providers: [{ name: 'one', create }, nobleProvider] });
    chooseCrypto({ providers: [nobleProvider, { name: 'noble', create: last }] });
    expect([create.mock.calls.length, last.mock.calls.length]).toEqual([1, 0]);
  });

  test('that throws in create is passed over with the reason, once for each primitive', () => {
    const broken: CryptoProvider = {
      name: 'broken',
      create: () => {
        throw new Error('no such instruction');
      },
    };
    const { chosen, rejected } = chooseCrypto({ providers: [broken, nobleProvider] });
    expect(new Set(Object.values(chosen))).toEqual(new Set(['noble']));
    expect(rejected).toContainEqual({ provider: 'broken', primitive: 'x25519', reason: 'could not start: no such instruction' });
  });

  test('that leaves a primitive without any implementation is an error that names it', () => {
    const { mac: _mac, ...others } = noble;
    const only = provider('only', others);
    const message = expect.stringMatching(/serves mac .*none offers it/);
    expect(() => chooseCrypto({ providers: [only] })).toThrow(expect.objectContaining({ code: 'HEDDLE_CRYPTO_UNAVAILABLE', message }));
  });
});

describe('force', () => {
  test('takes one provider for everything', () => {
    expect(new Set(Object.values(chooseCrypto({ force: 'noble' }).chosen))).toEqual(new Set(['noble']));
  });

  test('takes one provider by primitive', () => {
    const { chosen } = chooseCrypto({ force: { packets: 'node', chacha20poly1305: 'node', x25519: 'stablelib' } });
    expect([chosen.packets, chosen.chacha20poly1305, chosen.x25519, chosen.mac]).toEqual(['node', 'node', 'stablelib', 'wasm']);
  });

  test.each([
    ['a provider that does not exist', { force: 'nodule' }, /"nodule" .* is not among node, wasm, stablelib, noble/],
    ['a provider that lacks a primitive', { force: 'node' }, /"node" is forced for xchacha20poly1305 but cannot serve it: not offered/],
    ['a primitive that does not exist', { force: { x448: 'noble' } as object }, /no primitive "x448"/],
    [
      'a provider that fails',
      { force: { nacl: 'bad' }, providers: [provider('bad', { nacl: { ...noble.nacl, open: () => undefined } })] },
      /does not open/,
    ],
  ])('refuses %s with a code and the reason', (_, options, reason) => {
    const providers = [...(('providers' in options && options.providers) || []), ...builtInProviders];
    const message = expect.stringMatching(reason);
    expect(() => chooseCrypto({ ...options, providers })).toThrow(expect.objectContaining({ code: 'HEDDLE_CRYPTO_FORCE', message }));
  });
});

const badAead = (aead: Aead): Aead[] => [
  { ...aead, seal: (...it) => flipped(aead.seal(...it).reverse()).reverse() },
  { ...aead, open: () => new Uint8Array(114) },
  { ...aead, open: () => undefined },
  { ...aead, seal: (key, nonce, text) => aead.seal(key, nonce, text) },
];

function badPackets(change: Partial<PacketAead>): PacketAead {
  const good = nobleProvider.create().packets!;
  const base: PacketAead = {
    allocate: (bytes) => good.allocate(bytes),
    load: (key) => good.load(key),
    unload: (slot) => good.unload(slot),
    seal: (...it) => good.seal(...it),
    open: (...it) => good.open(...it),
  };
  return { ...base, ...change };
}

const faulty: { readonly [Name in PrimitiveName]: readonly Primitives[Name][] } = {
  x25519: [
    { load: () => ({ publicKey: new Uint8Array(32), agree: () => new Uint8Array(32) }) },
    { load: (key) => ({ publicKey: noble.x25519.load(key).publicKey, agree: () => new Uint8Array(32) }) },
    {
      load: (key) => ({
        publicKey: noble.x25519.load(key).publicKey,
        agree: (it) => noble.x25519.load(key).agree(it) ?? new Uint8Array(32),
      }),
    },
  ],
  chacha20poly1305: badAead(noble.chacha20poly1305),
  xchacha20poly1305: badAead(noble.xchacha20poly1305),
  packets: [
    badPackets({ seal: () => undefined }),
    badPackets({ load: () => noble.packets.load(new Uint8Array(32)) }),
    badPackets({ open: (_slot, _table, _from, _to, good) => good.fill(1).length }),
    badPackets({ open: () => 2 }),
  ],
  blake2s: [{ digest: () => new Uint8Array(32) }, { digest: (message, length = 32) => noble.blake2s.digest(message).slice(0, length) }],
  mac: [
    { ...noble.mac, hmac: (_, key, message) => noble.mac.hmac('blake2s', key, message) },
    { ...noble.mac, hkdf: (_, input, salt, info, length) => noble.mac.hkdf('sha256', input, salt, info, length) },
  ],
  nacl: [
    { ...noble.nacl, sharedKey: (key, it) => key.agree(it) },
    { ...noble.nacl, seal: (...it) => flipped(noble.nacl.seal(...it)) },
    { ...noble.nacl, open: () => undefined },
    { ...noble.nacl, open: () => new Uint8Array(32) },
  ],
};

describe.each(PRIMITIVE_NAMES)('the self-test of %s', (name) => {
  test('passes every implementation that comes with the package', () => {
    for (const it of builtInProviders) {
      const implementation = it.create()[name];
      if (implementation !== undefined) expect(selfTest(name, implementation)).toBeUndefined();
    }
  });

  test('refuses every faulty implementation, and the choice falls on the next provider', () => {
    for (const implementation of faulty[name]) {
      expect(selfTest(name, implementation)).toBeTypeOf('string');
      const { chosen, rejected } = chooseCrypto({ providers: [provider('faulty', { [name]: implementation }), nobleProvider] });
      expect(chosen[name]).toBe('noble');
      expect(rejected).toEqual([{ provider: 'faulty', primitive: name, reason: expect.any(String) }]);
    }
  });
});

test('node offers only what OpenSSL has whole', () => {
  expect(Object.keys(nodeProvider.create()).sort()).toEqual(['chacha20poly1305', 'mac', 'packets', 'x25519']);
});
