import type { Bytes, Crypto, PacketTable } from '@heddle/crypto';
import type { Endpoint, PeerConfig } from '../src/index.js';
import { WireGuard } from '../src/index.js';
import { copies, hex, toHex } from './packets.js';

/** The handshake that Debian's wireguard-go accepted and answered, with all its inputs. */
export const known = {
  initiator: {
    privateKey: '1011111111111111111111111111111111111111111111111111111111111151',
    publicKey: '7b4e909bbe7ffe44c465a220037d608ee35897d31ef972f07f74892cb0f73f13',
    ephemeral: '3033333333333333333333333333333333333333333333333333333333333373',
    index: '11223344',
  },
  responder: {
    privateKey: '2022222222222222222222222222222222222222222222222222222222222262',
    publicKey: '0faa684ed28867b97f4a6a2dee5df8ce974e76b7018e3f22a1c4cf2678570f20',
    ephemeral: '4044444444444444444444444444444444444444444444444444444444444444',
    index: 'aabbccdd',
  },
  wallClock: 1_700_000_000_999.999,
  initiation:
    '01000000443322117b0d47d93427f8311160781c7c733fd89f88970aef490d8aa0ee19a4cb8a1b1481e498317da959fba46669572516a5e6c021bfa620bb6c56ca0082e1feae14988c2c64d024c617734a263f76a008df04d0f94bad8ee75ec8dac2695574e5f1e953b690288ec56caa0e655cddb9ae059e465d773bebd4ecb5fbb0606600000000000000000000000000000000',
  request:
    '4500005412344000400114730a0000010a0000020800eeb712340001000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f202122232425262728292a2b2c2d2e2f3031323334353637',
  reply:
    '4500005412354000400114720a0000020a0000010000f6b712340001000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f202122232425262728292a2b2c2d2e2f3031323334353637',
  cases: [
    {
      name: 'with a preshared key',
      presharedKey: '5555555555555555555555555555555555555555555555555555555555555555',
      response:
        '02000000ddccbbaa44332211ff2ee45601ec1b67310c7790404585ae697331eee1c1f8cf2419731c1fff3e6b0da2e813a689b2f26647d8e85fdcd39201697a83e8a74de14747ca2aa49fb0cd00000000000000000000000000000000',
      keepalive: '04000000ddccbbaa0000000000000000f1bce9fd9651b3f6b50c00179cbd1e01',
      request:
        '04000000ddccbbaa01000000000000008d1cd7fea1850856578c07d844d0ffa1e8eae65b10caa78f9e87bce981b27a12b323a0c0edee0b5f3918c93813f4e6b26fa88df7af86a0e35e38c31aafd57edaa5b531612ab1c0a6a51056e292695653bc7c39e00e866a3ce8c210d9dd9ae6a880f7f1c0b48f49d29a8bb35e50178655',
      reply:
        '04000000443322110000000000000000934030b50eeab002908fa6ae275ace92b7679d2ab67570ebf5b7dec735d1e686b96c8bbdeac009e29854c5ca822a1ebbd61c108c981127b40654f22284a6e13302d357d65b2c4e313e4bc02cb4081a095d80238924975dc7cbf9d67bfdc4e26c976e31cc8cd5ec7dd280d2f055910f73',
    },
    {
      name: 'without a preshared key',
      presharedKey: undefined,
      response:
        '02000000ddccbbaa44332211ff2ee45601ec1b67310c7790404585ae697331eee1c1f8cf2419731c1fff3e6b22c911d08c86a0a7dbfd894339a1949a3c7603584fd7274f5f65bf71d7b6b81000000000000000000000000000000000',
      keepalive: '04000000ddccbbaa000000000000000069958abbebcb06f97a256144abed28f6',
      request:
        '04000000ddccbbaa01000000000000006e14f5a024a89820c72f0bc45d8a132fabee577265cb5eb8719f67616ab82df124386a258bb21b75e43324cb1d80c344b2093ac7c71b94161b6412c4c753d085dd397a9c1fad463856c7b29e41749689f062f34fcd631a358cf9a09df2dc3b2cf3dd88eadca27db95ac19aab8ad7176c',
      reply:
        '0400000044332211000000000000000076018b3ced4a59ec0e699afa8983dc9370bed57b17dd51c001c6bd470ce6a0c159141d0d127c05101f4525dc84c85fe26269cd640523f9b8ec19f31745e81d12aad3715c62aa04c9c468729ff825f8778d76cdfc129a32907624ffa4fa5cd6d298b2eba98dab795001cf4ddea8e768cc',
    },
  ],
} as const;

export const elsewhere: Endpoint = { id: hex('c00002076cca'), limitKey: '192.0.2.7' };

/** One side of the known handshake: an engine whose randomness is the known one, and what it sent and delivered, in hex. */
export class KnownSide {
  readonly engine: WireGuard;
  readonly sent: string[] = [];
  readonly delivered: string[] = [];

  constructor(role: 'initiator' | 'responder', crypto: Crypto) {
    const self = known[role];
    this.engine = new WireGuard({
      crypto,
      random: (into) => knownRandom(into, self.ephemeral, self.index),
      wallClock: () => known.wallClock,
      privateKey: hex(self.privateKey),
      sink: {
        transmit: (_peer, _to, datagrams) => collect(this.sent, datagrams),
        deliver: (_peer, packets) => collect(this.delivered, packets),
        endpointChanged: () => {},
        established: () => {},
        drop: () => {},
      },
    });
  }

  knows(role: 'initiator' | 'responder', config: Partial<PeerConfig>): void {
    const allowedIps = [role === 'initiator' ? '10.0.0.1/32' : '10.0.0.2/32'];
    this.engine.setPeer(0, { publicKey: hex(known[role].publicKey), allowedIps, endpoint: elsewhere, ...config });
  }
}

/** By size: an index, a secret key, jitter. */
function knownRandom(into: Bytes, ephemeral: string, index: string): void {
  if (into.length === 4) into.set(hex(index));
  else if (into.length === 32) into.set(hex(ephemeral));
  else into.fill(0);
}

function collect(into: string[], packets: PacketTable): void {
  into.push(...copies(packets).map(toHex));
}
