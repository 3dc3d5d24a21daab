import { chooseCrypto } from '@heddle/crypto';
import { type AllowedIpsPatch, type PeerConfig, type PeerRef, WireGuard } from '@heddle/wireguard';
import fc from 'fast-check';
import { beforeEach, describe, expect, test } from 'vitest';
import type { Peer } from '../contracts/netmap.js';
import { PeerKeeper } from './peer-keeper.js';

const crypto = chooseCrypto();
const ignore = (): void => {};

/** The engine, with what it was told. */
class ToldEngine extends WireGuard {
  readonly told: (PeerConfig | AllowedIpsPatch)[] = [];

  constructor() {
    const sink = { transmit: ignore, deliver: ignore, endpointChanged: ignore, established: ignore, drop: ignore };
    super({ crypto, sink, random: (into) => into.fill(7), wallClock: () => 0, privateKey: new Uint8Array(32).fill(9) });
  }

  override setPeer(now: number, config: PeerConfig): PeerRef {
    this.told.push(config);
    return super.setPeer(now, config);
  }

  readonly restarted: PeerRef[] = [];

  override rehandshake(now: number, peers: readonly PeerRef[] = []): void {
    this.restarted.push(...peers);
    super.rehandshake(now, peers);
  }

  override patchAllowedIps(now: number, publicKey: Uint8Array, patch: AllowedIpsPatch): number | undefined {
    this.told.push(patch);
    return super.patchAllowedIps(now, publicKey, patch);
  }
}

let engine: ToldEngine;
let refused: string[];
let keeper: PeerKeeper;

beforeEach(() => {
  engine = new ToldEngine();
  refused = [];
  keeper = keeperOf(engine, refused);
});

function keeperOf(of: WireGuard, into: string[]): PeerKeeper {
  const restarted = (ref: PeerRef): void => of.rehandshake(0, [ref]);
  return new PeerKeeper({ engine: of, now: () => 0, added: ignore, removed: ignore, restarted, refused: ({ id }) => into.push(id) });
}

function peer(n: number, allowedIps: readonly string[], more: Partial<Peer> = {}): Peer {
  return { id: `${n}`, name: '', nodeKey: new Uint8Array(32).fill(n + 1), addresses: [], allowedIps, endpoints: [], ...more };
}

function set(...peers: readonly Peer[]): void {
  keeper.apply({ set: peers, removed: [] });
}

function prefixesIn(of: WireGuard): string[][] {
  return of.peers().map((ref) => [...of.status(ref).allowedIps].sort());
}

const twenty = Array.from({ length: 20 }, (_, n) => `10.0.${n}.0/24`);
const fewer = twenty.filter((_, n) => n !== 7);

describe('prefixes of a peer', () => {
  test('that change alone and by few are told as what changed', () => {
    set(peer(1, twenty));
    set(peer(1, fewer));
    set(peer(1, [...fewer, '10.9.0.0/16']));
    expect(engine.told.slice(1)).toEqual([
      { remove: ['10.0.7.0/24'], add: [] },
      { remove: [], add: ['10.9.0.0/16'] },
    ]);
    expect(prefixesIn(engine)).toEqual([[...fewer, '10.9.0.0/16'].sort()]);
  });

  test('come with the rest of the peer when that changed as well', () => {
    set(peer(1, twenty));
    set(peer(1, fewer, { presharedKey: new Uint8Array(32).fill(3) }));
    expect(engine.told).toHaveLength(2);
    expect(engine.config(engine.peers()[0]!).presharedKey).toEqual(new Uint8Array(32).fill(3));
    expect(prefixesIn(engine)).toEqual([[...fewer].sort()]);
  });

  test('are told in full to get back what another peer took', () => {
    set(peer(1, twenty), peer(2, ['10.0.3.0/24']));
    set(peer(1, fewer));
    expect(prefixesIn(engine)).toEqual([[...fewer].sort(), []]);
  });

  test('that cannot be read leave the peer as it was, and the next ones are compared with that', () => {
    set(peer(1, twenty));
    set(peer(1, [...twenty, 'nonsense']));
    expect([refused, prefixesIn(engine)]).toEqual([['1'], [[...twenty].sort()]]);
    set(peer(1, fewer));
    expect(prefixesIn(engine)).toEqual([[...fewer].sort()]);
  });

  test('the peer that the engine lost to its own key is there again under a number that is known', () => {
    const publicKey = crypto.x25519.load(new Uint8Array(32).fill(5)).publicKey;
    set(peer(1, twenty, { nodeKey: publicKey }));
    engine.setPrivateKey(0, new Uint8Array(32).fill(5));
    engine.setPrivateKey(0, new Uint8Array(32).fill(6));
    set(peer(1, fewer, { nodeKey: publicKey }));
    expect(keeper.refOf('1')).toBe(engine.peers()[0]);
  });

  test('after any history they are what telling all of them each time gives', () => {
    const pool = [...twenty, '10.0.3.7/24', '10.0.0.0/8', '10.0.4.1'];
    const step = fc.record({
      id: fc.nat(2),
      ips: fc.oneof(
        fc.shuffledSubarray(pool, { minLength: 14 }),
        fc.subarray(pool, { minLength: 19 }),
        fc.array(fc.constantFrom(...pool), { maxLength: 24 }),
      ),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 12 }), (steps) => {
        [engine, refused] = [new ToldEngine(), []];
        keeper = keeperOf(engine, refused);
        const plain = new ToldEngine();
        for (const { id, ips } of steps) {
          set(peer(id, ips));
          plain.setPeer(0, { publicKey: peer(id, []).nodeKey, allowedIps: ips });
          expect(prefixesIn(engine)).toEqual(prefixesIn(plain));
        }
        expect(refused).toEqual([]);
      }),
      { seed: 11, numRuns: 60 },
    );
  });
});

test('keepalives that begin come after the route, for a new peer and for a known one', () => {
  const order: string[] = [];
  engine.setPeer = (now, config) => {
    order.push(`keepalive ${config.persistentKeepalive}`);
    return WireGuard.prototype.setPeer.call(engine, now, config);
  };
  const added = (): void => {
    order.push('route');
  };
  keeper = new PeerKeeper({ engine, now: () => 0, added, removed: ignore, restarted: ignore, refused: ignore });
  set(peer(1, ['10.0.0.1/32'], { persistentKeepalive: 5 }));
  set(peer(1, ['10.0.0.1/32']));
  order.length = 0;
  set(peer(1, ['10.0.0.1/32'], { persistentKeepalive: 5, endpoints: ['udp:192.0.2.1:1'] }));
  expect(order.slice(order.indexOf('route'))).toEqual(['route', 'keepalive 5']);
});

test('E11: a peer with a new disco key is a new process without our sessions: a handshake begins at once, and only then', () => {
  const discoKey = new Uint8Array(32).fill(1);
  set(peer(0, ['10.0.0.1/32']));
  set(peer(0, ['10.0.0.1/32'], { discoKey }));
  set(peer(0, ['10.0.0.2/32'], { discoKey: discoKey.slice() }));
  expect(engine.restarted).toEqual([]);
  set(peer(0, ['10.0.0.2/32'], { discoKey: new Uint8Array(32).fill(2) }));
  expect(engine.restarted.length).toBe(1);
});
