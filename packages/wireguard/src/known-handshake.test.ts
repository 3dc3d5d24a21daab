import { builtInProviders } from '@heddle/crypto';
import { SymmetricState } from '@heddle/crypto/noise';
import { describe, expect, test } from 'vitest';
import { everyCrypto } from '../test/each-crypto.js';
import { elsewhere, KnownSide, known } from '../test/known-handshake.js';
import { hex, table, toHex } from '../test/packets.js';
import { wireGuardNoise } from './handshake-message.js';
import { mac1Key } from './message-macs.js';

test('each provider has its turn with each primitive that it offers', () => {
  const offered = builtInProviders.flatMap(({ name, create }) => Object.keys(create()).map((primitive) => `${name} ${primitive}`));
  const used = everyCrypto.flatMap(({ crypto }) => Object.entries(crypto.chosen).map(([primitive, name]) => `${name} ${primitive}`));
  expect(offered.filter((one) => !used.includes(one))).toEqual([]);
});

describe.each(everyCrypto)('with $name', ({ crypto }) => {
  test('the hash after protocol name and identifier is the constant that everybody has', () => {
    const { name, prologue } = wireGuardNoise(crypto);
    const hash = SymmetricState.start(crypto, name, prologue).hash;
    expect(toHex(hash)).toBe('2211b361081ac566691243db458ad5322d9c6c662293e8b70ee19c65ba079ef3');
  });

  test('the key derivation gives the values of wireguard-go, also for empty input', () => {
    const kdf3 = (key: string, input: string) => toHex(crypto.mac.hkdf('blake2s', hex(input), hex(key), new Uint8Array(0), 96));
    expect(kdf3('746573742d6b6579', '746573742d696e707574')).toBe(
      '6f0e5ad38daba1bea8a0d213688736f19763239305e0f58aba697f9ffc41c633df1194df20802a4fe594cde27e92991c8cae66c366e8106aaa937a55fa371e8afac6e2745a325f5dc5d11a5b165aad08b0ada28e7b4e666b7c077934a4d76c24',
    );
    expect(kdf3('', '')).toBe(
      '8387b46bf43eccfcf349552a095d8315c4055beb90208fb1be23b894bc2ed5d058a0e5f6faefccf4807bff1f05fa8a9217945762040bcec2f4b4a62bdfe0e86e0ce6ea98ec548f8e281e93e32db65621c45eb18dc6f0a7ad94178610a2f7338e',
    );
  });

  test('the key of mac1 hangs on the receiver', () => {
    expect(toHex(mac1Key(crypto.blake2s, hex(known.responder.publicKey)))).toBe(
      '2b14c2a1d73fe52519772891d6df632bd2408279e87eb80c61bc395fccadf4a6',
    );
  });

  for (const { name, presharedKey, ...bytes } of known.cases) {
    const config = presharedKey === undefined ? {} : { presharedKey: hex(presharedKey) };

    test(`the initiator ${name} sends the bytes that wireguard-go accepts, and reads its answers`, () => {
      const side = new KnownSide('initiator', crypto);
      side.knows('responder', { ...config, persistentKeepalive: 25 });
      expect(side.sent).toEqual([known.initiation]);
      side.engine.receive(10, elsewhere, table(hex(withMac1(bytes.response, 'initiator'))));
      side.engine.tick(10);
      expect(side.sent.slice(1)).toEqual([bytes.keepalive]);
      side.engine.send(20, table(hex(known.request)));
      expect(side.sent.slice(2)).toEqual([bytes.request]);
      side.engine.receive(30, elsewhere, table(hex(bytes.reply)));
      expect(side.delivered).toEqual([known.reply]);
    });

    test(`the responder ${name} sends the bytes that wireguard-go accepts, and reads what it sends`, () => {
      const side = new KnownSide('responder', crypto);
      side.knows('initiator', config);
      side.engine.receive(10, elsewhere, table(hex(known.initiation)));
      side.engine.tick(10);
      expect(side.sent).toEqual([withMac1(bytes.response, 'initiator')]);
      side.engine.receive(20, elsewhere, table(hex(bytes.keepalive), hex(bytes.request)));
      expect(side.delivered).toEqual([known.request]);
      side.engine.send(30, table(hex(known.reply)));
      expect(side.sent.slice(1)).toEqual([bytes.reply]);
    });
  }

  /** The table of vectors shows responses whole; this only asserts that their mac1 is the one that the receiver expects. */
  function withMac1(response: string, receiver: 'initiator' | 'responder'): string {
    const message = hex(response);
    const key = mac1Key(crypto.blake2s, hex(known[receiver].publicKey));
    expect(toHex(crypto.blake2s.digest(message.slice(0, 60), 16, key))).toBe(response.slice(120, 152));
    return response;
  }
});
