import type { Peer, SelfConfig } from '@heddle/core';
import { describe, expect, test } from 'vitest';
import { Follower } from '../../test/map-follower.js';
import { ANYTHING_IN, keyHex, node, type Raw, ruleFrom, SELF_ID, WALL, whole } from '../../test/map-world.js';
import { MapSession } from './map-session.js';

const DAY = 86_400_000;
const at = (wall: number): string => new Date(wall).toISOString();
const idsOf = (follower: Follower): string[] => [...follower.peers.keys()].sort();

describe('the first frame of a poll', () => {
  test('gives the whole map in one patch', () => {
    const follower = Follower.of(
      whole([node(2), node(3)], {
        PacketFilter: [ANYTHING_IN],
        UserProfiles: [{ ID: 7, LoginName: 'ann@example.org', DisplayName: 'Ann' }],
      }),
    );
    expect(follower.self).toMatchObject({
      name: 'host-1.tail.example',
      addresses: ['100.64.0.1/32', 'fd7a:115c:a1e0::1:1/128'],
      mtu: 1280,
    });
    expect(follower.self?.node?.nodeKey).toEqual(Uint8Array.from(Buffer.from(keyHex(1, 1), 'hex')));
    expect(idsOf(follower)).toEqual(['2', '3']);
    expect(follower.commons.users?.get('7')).toEqual({ id: '7', loginName: 'ann@example.org', displayName: 'Ann' });
    expect(follower.commons.domain).toBe('example.org');
  });

  test('without this node ends the poll, and changes nothing', () => {
    const follower = Follower.of(whole([node(2)]));
    follower.session.begin();
    expect(follower.take({ Peers: [node(3)] }).problem?.reason).toBe('no-self');
    expect(follower.take({ Node: { ID: 1 }, Peers: [node(3)] }).problem?.reason).toBe('no-self');
    expect(idsOf(follower)).toEqual(['2']);
    follower.take(whole([node(4)]));
    expect(idsOf(follower)).toEqual(['4']);
  });

  test('may come after frames that only say that the server lives', () => {
    const follower = new Follower();
    expect(follower.take({ KeepAlive: true })).toMatchObject({ keepAlive: true, orders: [] });
    expect(follower.take({ ControlTime: at(WALL) })).toMatchObject({ keepAlive: true, orders: [] });
    expect(follower.take(whole([node(2)])).problem).toBeUndefined();
    expect(idsOf(follower)).toEqual(['2']);
  });

  test('of a new poll replaces the map, and names only what is not the same as before', () => {
    const filters = { PacketFilters: { base: [ANYTHING_IN], other: [ruleFrom('100.64.0.2')] } };
    const follower = Follower.of(
      whole([node(2), node(3)], { ...filters, DNSConfig: { Proxied: true }, DERPMap: { Regions: { 1: { Nodes: [] } } } }),
    );
    follower.session.begin();
    expect(follower.session.tick(WALL).patch).toBeUndefined();
    const again = follower.take(
      whole([node(3), node(4)], {
        PacketFilters: { base: [ANYTHING_IN] },
        DNSConfig: { Proxied: true },
        DERPMap: { Regions: { 1: { Nodes: [] } } },
      }),
    );
    expect(again.patch).toMatchObject({ removed: ['2'], filter: { rules: [{ sources: ['*'] }] } });
    expect(again.patch?.set.map(({ id }) => id)).toEqual(['4']);
    expect(Object.keys(again.patch ?? {}).sort()).toEqual(['filter', 'removed', 'set']);
  });

  test('of a new poll without any peers leaves none of the poll before', () => {
    const follower = Follower.of(whole([node(2), node(3)]));
    follower.session.begin();
    follower.take({ Node: node(SELF_ID) });
    expect(idsOf(follower)).toEqual([]);
  });

  test('without DNS, relays and users forgets those of the poll before', () => {
    const follower = Follower.of(
      whole([node(2)], { DNSConfig: { Proxied: true }, DERPMap: { Regions: { 1: { Nodes: [] } } }, UserProfiles: [{ ID: 7 }] }),
    );
    follower.session.begin();
    follower.take(whole([node(2)]));
    expect(follower.commons).toMatchObject({
      names: { magic: false },
      relays: { regions: new Map() },
      users: new Map(),
      filter: { rules: [] },
    });
  });
});

describe('peers', () => {
  test('C.7: no Peers, and an empty list of them, say nothing', () => {
    const follower = Follower.of(whole([node(2)]));
    for (const frame of [{}, { Peers: [] }, { Peers: null }, { Peers: 'none' }])
      expect(follower.take({ Domain: 'example.org', ...frame }).patch).toBeUndefined();
    expect(idsOf(follower)).toEqual(['2']);
  });

  test('C.7: a list of all replaces all, and the other fields about peers in its frame are ignored', () => {
    const follower = Follower.of(whole([node(2), node(3)]));
    follower.take({ Peers: [node(4)], PeersChanged: [node(5)], PeersRemoved: [4], PeersChangedPatch: [{ NodeID: 4, Online: false }] });
    expect(idsOf(follower)).toEqual(['4']);
    expect(follower.peers.get('4')?.online).toBe(true);
  });

  test('C.10: are removed, then changed, then seen, then online, then patched', () => {
    const follower = Follower.of(whole([node(2), node(3)]));
    const frame = {
      PeersChangedPatch: [{ NodeID: 2, Online: false }],
      OnlineChange: { 2: true, 99: true },
      PeerSeenChange: { 2: true, 3: false },
      PeersChanged: [node(2, { Online: true, LastSeen: at(WALL - DAY) }), node(4)],
      PeersRemoved: [2, 3, 99],
    };
    follower.take(frame);
    expect(idsOf(follower)).toEqual(['2', '4']);
    expect(follower.peers.get('2')).toMatchObject({ online: false, lastSeen: WALL });
  });

  test('C.7: seen and not seen change the time only', () => {
    const follower = Follower.of(whole([node(2)]));
    follower.take({ PeerSeenChange: { 2: true } }, WALL + 5);
    expect(follower.peers.get('2')).toMatchObject({ lastSeen: WALL + 5, online: true });
    follower.take({ PeerSeenChange: { 2: false } });
    expect(follower.peers.get('2')).not.toHaveProperty('lastSeen');
  });

  test('C.9: a patch replaces what it names', () => {
    const follower = Follower.of(whole([node(2, { CapMap: { a: [1] } })]));
    const other = `nodekey:${keyHex(1, 999)}`;
    follower.take({
      PeersChangedPatch: [
        {
          NodeID: 2,
          DERPRegion: 9,
          Key: other,
          DiscoKey: `discokey:${keyHex(2, 999)}`,
          Endpoints: [],
          CapMap: {},
          Online: false,
          LastSeen: at(WALL),
          KeyExpiry: at(WALL + DAY),
        },
        { NodeID: 77, Online: false },
      ],
    });
    expect(follower.peers.get('2')).toMatchObject({
      homeRelay: `derp:9/${keyHex(1, 999)}`,
      endpoints: [],
      capabilities: new Map(),
      online: false,
      lastSeen: WALL,
      keyExpiry: WALL + DAY,
      name: 'host-2.tail.example',
    });
    expect(idsOf(follower)).toEqual(['2']);
  });

  test('C.9: a patch with region 0, or with null, leaves it; a time in year 1 takes it away', () => {
    const follower = Follower.of(whole([node(2, { KeyExpiry: at(WALL + DAY) })]));
    expect(
      follower.take({ PeersChangedPatch: [{ NodeID: 2, DERPRegion: 0, Endpoints: null, Key: null, KeyExpiry: null }] }).patch,
    ).toBeUndefined();
    follower.take({ PeersChangedPatch: [{ NodeID: 2, KeyExpiry: '0001-01-01T00:00:00Z' }] });
    expect(follower.peers.get('2')).not.toHaveProperty('keyExpiry');
  });

  test('C.9: a disco key that was overtaken on its way is dropped with its patch', () => {
    const known = node(2, { Online: false, LastSeen: at(WALL) });
    const late = { NodeID: 2, DiscoKey: `discokey:${keyHex(2, 999)}`, Online: false, LastSeen: at(WALL) };
    const follower = Follower.of(whole([known]));
    expect(follower.take({ PeersChangedPatch: [late] }).patch).toBeUndefined();
    expect(follower.take({ PeersChangedPatch: [{ ...late, LastSeen: at(WALL + 1) }] }).patch?.set).toHaveLength(1);
    expect(
      follower.take({ PeersChangedPatch: [{ ...late, DiscoKey: `discokey:${keyHex(2, 998)}`, Online: true }] }).patch?.set,
    ).toHaveLength(1);
  });

  test('C.9: a disco key without word of who is online, or of when it was seen, is taken; one that is old is not, whatever key it has', () => {
    const known = node(2, { Online: false, LastSeen: at(WALL) });
    const key = (n: number): string => `discokey:${keyHex(2, n)}`;
    const sets = (patch: Raw): number | undefined =>
      Follower.of(whole([known])).take({ PeersChangedPatch: [{ NodeID: 2, DiscoKey: key(999), ...patch }] }).patch?.set.length;
    expect(sets({ LastSeen: at(WALL - DAY) })).toBe(1);
    expect(sets({ Online: false })).toBe(1);
    expect(sets({ Online: false, LastSeen: '0001-01-01T00:00:00Z' })).toBeUndefined();
    expect(sets({ Online: false, LastSeen: at(WALL - DAY), DiscoKey: key(2), DERPRegion: 9 })).toBeUndefined();
  });

  test('J.3: are removed by integer ids; keys and texts remove nothing', () => {
    const follower = Follower.of(whole([node(2)]));
    expect(follower.take({ PeersRemoved: [`nodekey:${keyHex(1, 2)}`, -2, 2.5, 1e300] })).toMatchObject({ skipped: 4 });
    expect(follower.take('{"PeersRemoved":[9007199254740993.0,9.007199254740993e15]}')).toMatchObject({ skipped: 2 });
    expect(idsOf(follower)).toEqual(['2']);
  });

  test('C3: with ids beyond 2^53 are told apart', () => {
    const far = (last: number): string => JSON.stringify(node(3)).replace('"ID":3', `"ID":900719925474099${last}`);
    const follower = Follower.of(`{"Node":${JSON.stringify(node(1))},"Peers":[${far(2)},${far(3)}]}`);
    expect(idsOf(follower)).toEqual(['9007199254740992', '9007199254740993']);
    follower.take(
      '{"PeersChangedPatch":[{"NodeID":9007199254740993,"Online":false}],"OnlineChange":{"9007199254740992":false},"PeersRemoved":[9007199254740992]}',
    );
    expect([...follower.peers.values()].map(({ id, online }) => [id, online])).toEqual([['9007199254740993', false]]);
  });

  test('that cannot be used cost only themselves', () => {
    const bad: unknown[] = [
      null,
      7,
      {},
      node(3, { Key: '' }),
      node(4, { Key: `nodekey:${'0'.repeat(64)}` }),
      node(0),
      node(5, { ID: 'x' }),
    ];
    const follower = Follower.of({ ...whole([]), Peers: [...bad, node(2)] });
    expect(idsOf(follower)).toEqual(['2']);
  });

  test('never include this node itself, and are no more than the limit', () => {
    const session = new MapSession({ peers: 3 });
    const follower = new Follower(session);
    follower.take(whole([node(SELF_ID), node(2), node(3)]));
    follower.take({ PeersChanged: [node(4), node(5), node(2, { Online: false })] });
    expect(idsOf(follower)).toEqual(['2', '3', '4']);
    expect(follower.peers.get('2')?.online).toBe(false);
  });

  test('that say the same again stay the same objects', () => {
    const follower = Follower.of(whole([node(2, { CapMap: { a: [{ b: 1 }] } })]));
    expect(follower.take({ PeersChanged: [node(2, { CapMap: { a: [{ b: 1 }] } })], OnlineChange: { 2: true } }).patch).toBeUndefined();
  });

  test('look different when this node changes its own addresses', () => {
    const follower = Follower.of(whole([node(2)]));
    expect(follower.take({ Node: node(SELF_ID, { Addresses: ['100.64.0.2/32'] }) }).patch?.set.map(({ allowedIps }) => allowedIps)).toEqual(
      [['fd7a:115c:a1e0::1:2/128']],
    );
  });
});

describe('keys that expire', () => {
  const soon = (peer: number, after: number): Raw => node(peer, { KeyExpiry: at(WALL + after) });
  const expired = (follower: Follower): string[] => [...follower.peers.values()].filter((peer: Peer) => peer.expired).map(({ id }) => id);

  test('C12: a peer expires at its time, not before, and has a deadline for it', () => {
    const follower = Follower.of(whole([soon(2, 1_000), soon(3, 5_000), node(4), node(5, { KeyExpiry: '0001-01-01T00:00:00Z' })]));
    expect(follower.session.nextDeadline()).toBe(WALL + 1_000);
    follower.tick(WALL + 999);
    expect(expired(follower)).toEqual([]);
    follower.tick(WALL + 1_000);
    expect(expired(follower)).toEqual(['2']);
    expect(follower.session.nextDeadline()).toBe(WALL + 5_000);
    expect(follower.take({ PeersChangedPatch: [{ NodeID: 2, KeyExpiry: at(WALL + DAY) }] }, WALL + 2_000).patch?.set).toHaveLength(1);
    expect(expired(follower)).toEqual([]);
    follower.tick(WALL + 2 * DAY);
    expect(expired(follower)).toEqual(['2', '3']);
    expect(follower.session.nextDeadline()).toBe(Number.POSITIVE_INFINITY);
  });

  test('C12: a peer that is already expired, or that control calls so, is expired from the start', () => {
    expect(expired(Follower.of(whole([soon(2, -1), node(3, { Expired: true }), node(4)])))).toEqual(['2', '3']);
  });

  test('C12: the warnings about our own key come at a week, a day and its end', () => {
    const follower = Follower.of(whole([node(2)], { Node: soon(SELF_ID, 30 * DAY) }));
    const stages: unknown[] = [];
    for (let wall = WALL; wall < WALL + 40 * DAY; wall = follower.session.nextDeadline()) {
      stages.push(
        ...follower.tick(wall).orders.map((order) => (order.order === 'key-expiry' ? [order.stage, (wall - WALL) / DAY] : order)),
      );
    }
    expect(stages).toEqual([
      ['week', 23],
      ['day', 29],
      ['expired', 30],
    ]);
  });

  test('C12: with our own key expired there are no peers and no names, and they come back with a new date', () => {
    const follower = Follower.of(whole([node(2), node(3)], { Node: soon(SELF_ID, DAY), DNSConfig: { Proxied: true } }));
    follower.tick(WALL + DAY);
    expect([idsOf(follower), follower.commons.names?.magic, follower.self?.node?.expired]).toEqual([[], false, true]);
    follower.take({ PeersChanged: [node(4)] }, WALL + DAY + 1);
    expect(idsOf(follower)).toEqual([]);
    follower.take({ Node: soon(SELF_ID, 60 * DAY) }, WALL + DAY + 2);
    expect([idsOf(follower), follower.commons.names?.magic]).toEqual([['2', '3', '4'], true]);
  });

  test('C12: a clock that is wrong by years does not expire anybody: the one of control counts', () => {
    const wrong = WALL + 3_650 * DAY;
    const follower = new Follower();
    const { orders } = follower.take(whole([soon(2, DAY)], { Node: soon(SELF_ID, 30 * DAY), ControlTime: at(WALL) }), wrong);
    expect(orders).toContainEqual({ order: 'clock-skew', milliseconds: -3_650 * DAY });
    expect(expired(follower)).toEqual([]);
    expect(follower.session.nextDeadline()).toBe(wrong + DAY);
    expect(follower.take({ KeepAlive: true, ControlTime: at(WALL + 100) }, wrong).orders).toEqual([]);
    follower.take({ KeepAlive: true, ControlTime: at(WALL + DAY) }, wrong);
    expect(expired(follower)).toEqual(['2']);
  });

  test('C12: a clock that is wrong by less than a minute is good enough', () => {
    const follower = new Follower();
    expect(follower.take(whole([soon(2, 1_000)], { ControlTime: at(WALL + 59_000) })).orders).toEqual([]);
    expect(expired(follower)).toEqual([]);
  });
});

describe('what a frame asks for', () => {
  const ordersOf = (more: Raw, follower = Follower.of(whole([]))): readonly unknown[] => follower.take(more).orders;

  test('a ping is wanted once for each URL, also in a keep-alive', () => {
    const follower = Follower.of(whole([]));
    const ping = { URL: 'https://control.example/ping?id=1', URLIsNoise: true, Types: 'disco,TSMP', IP: '100.64.0.2', Payload: 'R0VUIC8=' };
    expect(ordersOf({ KeepAlive: true, PingRequest: ping }, follower)).toEqual([
      {
        order: 'ping',
        request: {
          url: ping.URL,
          overNoise: true,
          types: ['disco', 'TSMP'],
          ip: '100.64.0.2',
          payload: Uint8Array.from(Buffer.from('GET /')),
        },
      },
    ]);
    expect(ordersOf({ PingRequest: ping }, follower)).toEqual([]);
    expect(ordersOf({ PingRequest: { URL: 'http://control.example/ping?id=2' } }, follower)).toEqual([
      { order: 'ping', request: { url: 'http://control.example/ping?id=2', overNoise: false, types: [] } },
    ]);
  });

  test('C10: only http(s) URLs are handed on', () => {
    for (const url of [
      'file:///etc/passwd',
      'javascript:alert(1)',
      'ftp://a/',
      '//a/b',
      '',
      7,
      'http://',
      'https://a/\u001b[2J',
      'data:,x',
    ]) {
      expect([url, ordersOf({ PingRequest: { URL: url }, PopBrowserURL: url })]).toEqual([url, []]);
    }
  });

  test('a URL is shown once in a poll', () => {
    const follower = Follower.of(whole([]));
    const frame = { PopBrowserURL: 'https://control.example/login' };
    expect(ordersOf(frame, follower)).toEqual([{ order: 'show-url', url: frame.PopBrowserURL }]);
    expect(ordersOf(frame, follower)).toEqual([]);
    follower.session.begin();
    expect(ordersOf(whole([], frame), follower)).toEqual([{ order: 'show-url', url: frame.PopBrowserURL }]);
  });

  test('a sleep is at most five minutes, and an end of the program is not granted', () => {
    expect(ordersOf({ Debug: { SleepSeconds: 2.5, Exit: 1 } })).toEqual([{ order: 'sleep', milliseconds: 2_500 }]);
    expect(ordersOf({ Debug: { SleepSeconds: 1e9 } })).toEqual([{ order: 'sleep', milliseconds: 300_000 }]);
    for (const SleepSeconds of [0, -1, '9', null]) expect(ordersOf({ Debug: { SleepSeconds } })).toEqual([]);
  });

  test('a newer version, approval and network lock are reported', () => {
    expect(
      ordersOf({ ClientVersion: { LatestVersion: '1.2.3', Notify: true, NotifyURL: 'https://a.example/', NotifyText: 'new' } }),
    ).toEqual([
      {
        order: 'client-version',
        version: { runningLatest: false, urgent: false, latest: '1.2.3', notifyText: 'new', notifyUrl: 'https://a.example/' },
      },
    ]);
    const follower = Follower.of(whole([]));
    expect(ordersOf({ Node: node(SELF_ID, { MachineAuthorized: false }), TKAInfo: { Head: 'x' } }, follower)).toEqual([
      { order: 'approval', approved: false },
      { order: 'network-lock', on: true },
    ]);
    expect(ordersOf({ Node: node(SELF_ID), TKAInfo: { Disabled: true } }, follower)).toEqual([
      { order: 'approval', approved: true },
      { order: 'network-lock', on: false },
    ]);
  });

  test('health is patched by id, cleared by *, and replaced in its old form', () => {
    const follower = Follower.of(whole([]));
    const titles = (frame: Raw): unknown => {
      const [order] = follower.take(frame).orders;
      return order?.order === 'health' ? order.messages.map(({ title }) => title) : order;
    };
    expect(titles({ DisplayMessages: { a: { Title: 'A', Severity: 'high' }, b: { Title: 'B' } }, Health: ['old'] })).toEqual([
      'A',
      'B',
      'old',
    ]);
    expect(titles({ DisplayMessages: { a: null } })).toEqual(['B', 'old']);
    expect(titles({ DisplayMessages: { b: { Title: 'B' } } })).toBeUndefined();
    expect(titles({ DisplayMessages: { '*': null, c: { Title: 'C\u001b[2J' } }, Health: [] })).toEqual(['C\ufffd[2J']);
    follower.session.begin();
    expect(titles(whole([]))).toEqual([]);
  });
});

describe('a hostile server', () => {
  test('C4: names of the prototype are names like all others, in every dictionary', () => {
    const evil = '{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}},"prototype":[{"polluted":1}]}';
    const json = JSON.stringify({ ...whole([node(2, { Name: '__proto__.', Hostinfo: { Hostname: '__proto__' } })]) });
    const follower = Follower.of(
      `${json.slice(0, -1)},"PacketFilters":${evil},"OnlineChange":${evil},"PeerSeenChange":${evil},"DisplayMessages":${evil},"__proto__":${evil},` +
        `"DNSConfig":{"Routes":${evil},"__proto__":{"Proxied":true}},"DERPMap":{"Regions":${evil},"HomeParams":{"RegionScore":${evil}}}}`,
    );
    follower.take(`{"PeersChangedPatch":[{"NodeID":2,"CapMap":{"__proto__":[${evil}],"constructor":null},"__proto__":{"Online":false}}]}`);
    const capabilities = follower.peers.get('2')?.capabilities;
    expect([...(capabilities?.keys() ?? [])]).toEqual(['__proto__', 'constructor']);
    const [value] = capabilities?.get('__proto__') ?? [];
    expect(Object.getPrototypeOf(value)).toBeNull();
    expect(Object.keys(value as object)).toEqual(['__proto__', 'constructor', 'prototype']);
    expect(follower.peers.get('2')).toMatchObject({ online: true, hostname: '__proto__' });
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
    expect(([] as { polluted?: unknown }).polluted).toBeUndefined();
  });

  test('C3: damaged frames are refused with a reason, and the map stays', () => {
    const follower = Follower.of(whole([node(2)]));
    for (const frame of ['', '[]', `{"a":${'['.repeat(1_000)}`, '{"Peers":[', '{"a":1e999999}']) {
      expect(follower.take(frame).problem?.reason).toBe('malformed');
    }
    expect(idsOf(follower)).toEqual(['2']);
  });

  test('C3: long texts and lone surrogates do not reach anybody', () => {
    const peer = node(2, { Hostinfo: { Hostname: 'a\ud800b', OS: 'x'.repeat(100_000) } });
    const seen = Follower.of(whole([peer])).peers.get('2');
    expect([seen?.hostname, seen?.os]).toEqual(['a\ufffdb', undefined]);
  });

  test('B4: unknown fields, and fields of other types, are ignored', () => {
    const odd: Raw = {
      Node: node(SELF_ID, { New: 1 }),
      Peers: [node(2, { New: [{}], Tags: 'x', Endpoints: 7, Hostinfo: [] })],
      News: { a: 1 },
      UserProfiles: 5,
      DNSConfig: [],
      Health: 1,
    };
    const follower = Follower.of(odd);
    expect(follower.peers.get('2')).toMatchObject({ endpoints: [], tags: [] });
    expect(
      follower.take({ Domain: 7, TKAInfo: 1, PeersChanged: {}, OnlineChange: [1], PeerSeenChange: 'x', PeersChangedPatch: [7, null] })
        .problem,
    ).toBeUndefined();
    expect(idsOf(follower)).toEqual(['2']);
  });
});

test('B5: this node’s own description is one of the values that a patch replaces as a whole', () => {
  const follower = Follower.of(whole([], { Node: node(SELF_ID, { Tags: ['tag:a'], CapMap: { admin: null } }) }));
  const self: SelfConfig | undefined = follower.self;
  expect(self?.node).toMatchObject({ tags: ['tag:a'], capabilities: new Map([['admin', []]]) });
  expect(self?.node).not.toHaveProperty('user');
  follower.take({ Node: node(SELF_ID, { Name: 'other.tail.example.' }) });
  expect(follower.self).toMatchObject({ name: 'other.tail.example', node: { tags: [], user: '7' } });
});
