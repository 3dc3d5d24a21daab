import type { Peer } from '@heddle/core';
import { SeededRandom } from '@heddle/testing';
import { describe, expect, test } from 'vitest';
import { Follower } from '../../test/map-follower.js';
import { MapServer } from '../../test/map-server.js';
import { ANYTHING_IN, node, WALL, whole } from '../../test/map-world.js';
import { MapSession } from './map-session.js';

function restored(text: string | undefined): Follower | undefined {
  const follower = new Follower();
  const outcome = follower.session.restore(text ?? '', WALL);
  if (outcome === undefined) return undefined;
  follower.follow(outcome);
  return follower;
}

const byId = ({ peers }: Follower): Peer[] => [...peers.values()].sort((a, b) => Number(a.id) - Number(b.id));

describe('a map that is kept', () => {
  test('B5: comes back as it was, but for who was online', () => {
    const random = new SeededRandom(1);
    const word = new Uint8Array(2);
    const choose = (below: number): number => {
      random.fill(word);
      return (word[0]! * 256 + word[1]!) % below;
    };
    for (let i = 0; i < 20; i++) {
      const server = new MapServer(choose);
      server.atLeastOne();
      const follower = Follower.of(server.whole());
      for (let step = 0; step < 10; step++) follower.take(server.delta());
      const peers = byId(follower).map(({ online: _, ...peer }) => peer);
      const back = restored(follower.session.save());
      const { online: _, ...self } = follower.self!.node!;
      expect(byId(back!)).toEqual(peers);
      expect(back?.commons).toEqual(follower.commons);
      expect(back?.self).toMatchObject({ ...follower.self, node: self });
    }
  });

  test('keeps ids, rules that match no protocol, and relays with all their settings', () => {
    const relay = {
      Name: 'a',
      HostName: 'a.example',
      IPv4: '192.0.2.1',
      IPv6: 'none',
      DERPPort: 1,
      STUNPort: -1,
      STUNOnly: true,
      CertName: 'b',
      InsecureForTests: true,
    };
    const json = JSON.stringify(
      whole([node(2, { CapMap: { a: [{ b: [1] }], c: null } })], {
        PacketFilters: {
          x: [{ ...ANYTHING_IN, IPProto: [300] }],
          base: [{ SrcIPs: ['*'], CapGrant: [{ Dsts: ['*'], CapMap: { z: [1] } }] }],
        },
        DERPMap: {
          Regions: { 5: { Nodes: [{ ...relay, STUNTestIP: '127.0.0.1' }], Avoid: true, NoMeasureNoHome: true } },
          HomeParams: { RegionScore: { 5: 2 } },
        },
        DNSConfig: {
          Proxied: true,
          ExtraRecords: [{ Name: 'a.b', Value: '::1' }],
          Routes: { 'a.b': [{ Addr: '1.1.1.1' }] },
          CertDomains: ['c.d'],
        },
        TKAInfo: { Head: 'x' },
      }),
    );
    const follower = Follower.of(json.replace('"ID":2', '"ID":9007199254740993'));
    const back = restored(follower.session.save())!;
    expect([...back.peers.keys()]).toEqual(['9007199254740993']);
    expect(back.commons).toEqual(follower.commons);
    expect(back.session.save()).toBe(follower.session.save());
  });

  test('accepts as little as before, when one of its lists of rules had the fields of ancient times', () => {
    const PacketFilters = { a: [ANYTHING_IN], z: [{ ...ANYTHING_IN, SrcBits: [8] }] };
    const back = restored(Follower.of(whole([node(2)], { PacketFilters })).session.save())!;
    expect(back.commons.filter).toEqual({ rules: [] });
  });

  test('holds until the first frame of a poll, which replaces it', () => {
    const back = restored(Follower.of(whole([node(2), node(3)])).session.save())!;
    expect(back.take({ KeepAlive: true }).problem).toBeUndefined();
    expect(back.take({ PeersRemoved: [2] }).problem?.reason).toBe('no-self');
    expect([...back.peers.keys()]).toEqual(['2', '3']);
    back.take(whole([node(3)]));
    expect([...back.peers.keys()]).toEqual(['3']);
  });

  test('is undefined before there is one, and when it is longer than allowed', () => {
    const { session } = Follower.of(whole([node(2)]));
    const text = session.save()!;
    expect([new MapSession().save(), session.save(text.length - 1), session.save(text.length)]).toEqual([undefined, undefined, text]);
  });

  test('is undefined when its text is damaged, of another version, or does not say who we are', () => {
    const text = Follower.of(whole([node(2)])).session.save()!;
    const other = [
      text.replace('"version":1', '"version":2'),
      text.replace('"Node"', '"Nobody"'),
      '{"version":1}',
      '{"version":1,"map":[]}',
      '',
      'null',
    ];
    for (const bad of [...other, ...Array.from({ length: 50 }, (_, i) => text.slice(0, Math.floor((i * text.length) / 50)))])
      expect(restored(bad)).toBeUndefined();
  });

  test('expires like any other: its dates are kept', () => {
    const expiry = new Date(WALL - 1).toISOString();
    const text = Follower.of(whole([node(2, { KeyExpiry: expiry })])).session.save();
    expect(restored(text)?.peers.get('2')?.expired).toBe(true);
  });
});
