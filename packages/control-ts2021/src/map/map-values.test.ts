import type { FilterRule, NameConfig, Peer, RelayMap } from '@heddle/core';
import { describe, expect, test } from 'vitest';
import { Follower } from '../../test/map-follower.js';
import { keyHex, node, type Raw, ruleFrom, SELF_ID, whole } from '../../test/map-world.js';

const peerWith = (more: Raw): Peer => Follower.of(whole([node(2, more)])).peers.get('2')!;
const rulesOf = (...frames: Raw[]): readonly FilterRule[] => {
  const follower = Follower.of(whole([]));
  for (const frame of frames) follower.take(frame);
  return follower.commons.filter!.rules;
};
const sourcesOf = (...frames: Raw[]): string[] => rulesOf(...frames).flatMap(({ sources }) => sources);
const namesWith = (dns: Raw, self: Raw = {}): NameConfig =>
  Follower.of(whole([], { Node: node(SELF_ID, self), DNSConfig: dns })).commons.names!;
const relaysOf = (...maps: Raw[]): RelayMap => {
  const follower = Follower.of(whole([]));
  for (const DERPMap of maps) follower.take({ DERPMap });
  return follower.commons.relays!;
};

describe('a node becomes a peer', () => {
  test('with its places as remote texts, and its name without a dot at the end', () => {
    const peer = peerWith({
      Endpoints: ['192.0.2.9:41641', '[2001:DB8::0:1]:443'],
      HomeDERP: 999,
      User: 7,
      KeyExpiry: '2027-01-01T00:00:00Z',
    });
    expect(peer).toEqual({
      id: '2',
      name: 'host-2.tail.example',
      nodeKey: Uint8Array.from(Buffer.from(keyHex(1, 2), 'hex')),
      discoKey: Uint8Array.from(Buffer.from(keyHex(2, 2), 'hex')),
      addresses: ['100.64.0.2', 'fd7a:115c:a1e0::1:2'],
      allowedIps: ['100.64.0.2/32', 'fd7a:115c:a1e0::1:2/128'],
      offeredRoutes: [],
      endpoints: ['udp:192.0.2.9:41641', 'udp:[2001:db8::1]:443'],
      homeRelay: `derp:999/${keyHex(1, 2)}`,
      keyExpiry: Date.parse('2027-01-01T00:00:00Z'),
      online: true,
      user: '7',
      tags: [],
      stableId: 'n2CNTRL',
      hostname: 'host-2',
      os: 'linux',
      services: [{ protocol: 'peerapi4', port: 40_000 }],
    });
  });

  test('of whose allowed prefixes its own addresses are used, and the rest is an offer', () => {
    const routes = ['100.64.0.2/32', '10.0.0.0/8', '0.0.0.0/0', '::/0', '192.168.7.9/24'];
    expect(peerWith({ AllowedIPs: routes })).toMatchObject({
      addresses: ['100.64.0.2', 'fd7a:115c:a1e0::1:2'],
      allowedIps: ['100.64.0.2/32'],
      offeredRoutes: ['10.0.0.0/8', '0.0.0.0/0', '::/0', '192.168.7.0/24'],
    });
    const addresses = ['100.64.0.2/32', 'fd7a:115c:a1e0::1:2/128'];
    expect(peerWith({ AllowedIPs: null })).toMatchObject({ allowedIps: addresses, offeredRoutes: [] });
    expect(peerWith({ AllowedIPs: [] })).toMatchObject({ allowedIps: [], offeredRoutes: [] });
    expect(peerWith({ AllowedIPs: [...addresses, '10.0.0.0/8'], UnsignedPeerAPIOnly: true })).toMatchObject({
      allowedIps: addresses,
      offeredRoutes: [],
    });
  });

  test('whose addresses are in canonical text, in whatever form they came', () => {
    const forms = {
      'FD7A:115C:A1E0:0::1:2/128': 'fd7a:115c:a1e0::1:2',
      'fd7a:115c:a1e0:0:0:0:0:9/128': 'fd7a:115c:a1e0::9',
      'fd7a:1:2:3:4::5:6/128': 'fd7a:1:2:3:4:0:5:6',
      'fd7a::01/128': 'fd7a::1',
      '100.64.0.9': '100.64.0.9',
      'fd7a::1::2/128': undefined,
      'fd7a:1:2:3:4:5:6::7/128': undefined,
      '100.64.0.256/32': undefined,
      '100.064.0.1/32': undefined,
    };
    for (const [text, address] of Object.entries(forms))
      expect([text, peerWith({ Addresses: [text] }).addresses]).toEqual([text, address === undefined ? [] : [address]]);
  });

  test('C11: never gets our own addresses, loopback, link-local, multicast or the resolver, nor whole networks as an address', () => {
    const greedy = [
      '100.64.0.1/32',
      '127.0.0.0/8',
      '127.0.0.1/32',
      '::1/128',
      '169.254.0.0/16',
      'fe80::/10',
      '224.0.0.0/4',
      '255.255.255.255/32',
      'ff02::1/128',
    ];
    const more = ['100.100.100.100/32', 'fd7a:115c:a1e0::53/128', '0.0.0.0/8', '::ffff:127.0.0.1/128', 'fd7a:115c:a1e0::1:1/128'];
    const peer = peerWith({
      Addresses: ['100.64.0.2/32', '0.0.0.0/0', '10.0.0.0/8', ...greedy, ...more],
      AllowedIPs: [...greedy, ...more, '100.64.0.2/32', '0.0.0.0/0'],
    });
    expect(peer).toMatchObject({ addresses: ['100.64.0.2'], allowedIps: ['100.64.0.2/32'], offeredRoutes: ['0.0.0.0/0'] });
  });

  test('C11: has no name when it is none that DNS can carry', () => {
    for (const name of [
      'a b.tail.example',
      'a..b',
      '-a.b',
      '.',
      'a/b',
      'a\u0000b',
      'ä.example',
      `${'a'.repeat(64)}.b`,
      `${'a.'.repeat(130)}b`,
      7,
    ]) {
      expect([name, peerWith({ Name: name }).name]).toEqual([name, '']);
    }
    expect(peerWith({ Name: 'Host_1.Tail.Example.' }).name).toBe('host_1.tail.example');
  });

  test('has only places that a datagram can go to', () => {
    const none = [
      '0.0.0.0:1',
      '[::]:1',
      '1.2.3.4:0',
      '1.2.3.4:65536',
      '224.0.0.1:5',
      '255.255.255.255:9',
      '[ff02::1]:5',
      'host:1',
      '1.2.3.4',
      '01.2.3.4:5',
      9,
    ];
    expect(peerWith({ Endpoints: [...none, '1.2.3.4:65535', '223.255.255.255:1'] }).endpoints).toEqual([
      'udp:1.2.3.4:65535',
      'udp:223.255.255.255:1',
    ]);
  });

  test('lives in the region of the old text when there is no number', () => {
    expect(peerWith({ HomeDERP: 0, DERP: '127.3.3.40:12' }).homeRelay).toBe(`derp:12/${keyHex(1, 2)}`);
    expect(peerWith({ HomeDERP: 3, DERP: '127.3.3.40:12' }).homeRelay).toBe(`derp:3/${keyHex(1, 2)}`);
    expect(peerWith({ HomeDERP: 0, DERP: '127.3.3.40:0' })).not.toHaveProperty('homeRelay');
    expect(peerWith({ HomeDERP: 3, IsWireGuardOnly: true })).not.toHaveProperty('homeRelay');
  });

  test('is restricted by whatever is not plainly false', () => {
    for (const flag of [true, 1, 'false', {}])
      expect(peerWith({ IsJailed: flag, Expired: flag })).toMatchObject({ jailed: true, expired: true });
    for (const flag of [false, null]) {
      const peer = peerWith({ IsJailed: flag, Expired: flag });
      expect([peer.jailed, peer.expired]).toEqual([undefined, undefined]);
    }
  });

  test('belongs to its tags, or else to its user; an empty disco key is none', () => {
    expect(peerWith({ Tags: ['tag:web'] })).not.toHaveProperty('user');
    expect(peerWith({ DiscoKey: `discokey:${'0'.repeat(64)}` })).not.toHaveProperty('discoKey');
  });

  test('has capabilities by name, from the dictionary and from the old list', () => {
    const peer = peerWith({ Capabilities: ['old', 'both'], CapMap: { both: [1, { a: null }], none: null } });
    expect(peer.capabilities).toEqual(
      new Map<string, unknown[]>([
        ['both', [1, { a: null }]],
        ['none', []],
        ['old', []],
      ]),
    );
  });
});

describe('the packet filter', () => {
  test('I.4 C.7: named lists stand in the order of their names, and are set, deleted and forgotten by name', () => {
    const first = { PacketFilters: { '*': null, a: [ruleFrom('1.1.1.1')], B: [ruleFrom('2.2.2.2')] } };
    expect(sourcesOf(first)).toEqual(['2.2.2.2', '1.1.1.1']);
    expect(sourcesOf(first, { PacketFilters: { a: null } })).toEqual(['2.2.2.2']);
    const base = { PacketFilter: [ruleFrom('3.3.3.3')] };
    expect(sourcesOf(first, base)).toEqual(['2.2.2.2', '1.1.1.1', '3.3.3.3']);
    expect(sourcesOf(first, base, { PacketFilter: [] })).toEqual(['2.2.2.2', '1.1.1.1']);
    expect(sourcesOf(first, base, { PacketFilters: { '*': null } })).toEqual([]);
    expect(sourcesOf(first, { PacketFilters: { '*': [ruleFrom('9.9.9.9')] } })).toEqual(['2.2.2.2', '1.1.1.1']);
    expect(sourcesOf(first, { PacketFilters: {} }, { PacketFilters: null }, {})).toEqual(['2.2.2.2', '1.1.1.1']);
  });

  test('E.3: without any list accepts nothing', () => {
    expect(rulesOf()).toEqual([]);
  });

  test('E.1: has sources, destinations, ports, protocols and grants', () => {
    const rule = {
      SrcIPs: ['100.64.0.0/10', '100.64.0.7', '100.64.0.1-100.64.0.9', '*', 'cap:some-cap', 'fd7a::/16'],
      DstPorts: [
        { IP: '100.64.0.5/32', Ports: { First: 22, Last: 23 } },
        { IP: '*', Ports: { First: 0, Last: 65_535 }, Bits: null },
      ],
      IPProto: [6, 17],
      CapGrant: [{ Dsts: ['100.64.0.5/32'], Caps: ['plain'], CapMap: { 'example.com/cap/x': [{ a: 1 }] } }],
    };
    expect(rulesOf({ PacketFilter: [rule] })).toEqual([
      {
        sources: rule.SrcIPs,
        destinations: [
          { addresses: '100.64.0.5/32', ports: { first: 22, last: 23 } },
          { addresses: '*', ports: { first: 0, last: 65_535 } },
        ],
        protocols: [6, 17],
        grants: [
          {
            destinations: ['100.64.0.5/32'],
            capabilities: new Map<string, unknown[]>([
              ['plain', []],
              ['example.com/cap/x', [{ a: 1 }]],
            ]),
          },
        ],
      },
    ]);
  });

  test('E.1: entries that cannot be read are left out and widen nothing', () => {
    const sources = [
      '10.0.0.1/8',
      '1.2.3.4/33',
      '1.2.3.4-1.2.3.3',
      '1.2.3.4-::1',
      '1.2.3.4-1.2.3.5-x',
      'cap:',
      'host',
      '',
      7,
      null,
      '::/129',
      '10.0.0.0/08',
    ];
    const ports = [{ First: -1, Last: 3 }, { First: 0, Last: 65_536 }, { First: '1', Last: 2 }, 7];
    const rule = {
      SrcIPs: sources,
      DstPorts: [...ports.map((Ports) => ({ IP: '*', Ports })), { IP: 'cap:x', Ports: { First: 1, Last: 2 } }, 7],
      IPProto: [256, -1],
    };
    expect(rulesOf({ PacketFilter: [rule, 'x', null] })).toEqual([{ sources: [], destinations: [], protocols: [] }]);
    expect(rulesOf({ PacketFilter: [{ SrcIPs: '*', DstPorts: {}, IPProto: [] }] })).toEqual([{ sources: [], destinations: [] }]);
  });

  test('E.2: ports that are none, or not told, still name the addresses, so that ICMP passes as with the official client', () => {
    const [told, ...untold] = [{ First: 5, Last: 4 }, {}, null, undefined].map((Ports) => [
      { SrcIPs: ['*'], DstPorts: [{ IP: '*', Ports }] },
    ]);
    expect(rulesOf({ PacketFilter: told })).toEqual([{ sources: ['*'], destinations: [{ addresses: '*', ports: { first: 5, last: 4 } }] }]);
    const none = [{ sources: ['*'], destinations: [{ addresses: '*', ports: { first: 0, last: 0 } }] }];
    for (const list of untold) expect(rulesOf({ PacketFilter: list })).toEqual(none);
  });

  test('E.1: a list with fields of ancient times empties all lists while it is there, as with the official client', () => {
    for (const odd of [{ SrcBits: [8] }, { DstPorts: [{ IP: '*', Bits: 8, Ports: { First: 0, Last: 1 } }] }]) {
      const before = [
        { PacketFilters: { a: [ruleFrom('1.1.1.1')], z: [ruleFrom('1.1.1.2')] } },
        { PacketFilters: { m: [{ ...ruleFrom('*'), ...odd }] } },
      ];
      expect(rulesOf(...before)).toEqual([]);
      expect(rulesOf(...before, { PacketFilters: { a: [ruleFrom('1.1.1.3')] } })).toEqual([]);
      expect(sourcesOf(...before, { PacketFilters: { m: null } })).toEqual(['1.1.1.1', '1.1.1.2']);
      expect(sourcesOf(...before, { PacketFilters: { m: [] } })).toEqual(['1.1.1.1', '1.1.1.2']);
    }
  });

  test('E.2: host bits of a grant’s destination mean nothing, those of a rule make the entry unreadable', () => {
    const rule = { SrcIPs: ['*'], CapGrant: [{ Dsts: ['100.64.0.5/10', 'fd7a::5/16', '1.2.3.4/33', '/8', 'x/8'], Caps: ['a'] }] };
    expect(rulesOf({ PacketFilter: [rule] })[0]!.grants![0]!.destinations).toEqual(['100.64.0.0/10', 'fd7a::/16']);
    expect(sourcesOf({ PacketFilter: [ruleFrom('100.64.0.5/10')] })).toEqual([]);
  });

  test('E.1: with fields of ancient times, or in another form, accepts nothing', () => {
    for (const odd of [
      [{ ...ruleFrom('*'), SrcBits: [8] }],
      [{ SrcIPs: ['*'], DstPorts: [{ IP: '*', Bits: 8, Ports: { First: 0, Last: 1 } }] }],
      {},
      'all',
      true,
    ]) {
      expect(rulesOf({ PacketFilter: [ruleFrom('1.1.1.1')] }, { PacketFilters: { base: odd } })).toEqual([]);
    }
  });
});

describe('names', () => {
  test('D.1: have domains without dots at their ends, name servers, routes and records', () => {
    const config = namesWith({
      Proxied: true,
      Domains: ['tail.example.', 'Corp.Example'],
      Resolvers: [{ Addr: '8.8.8.8' }, { Addr: '[::1]:53' }, { Addr: 'https://dns.example/q', BootstrapResolution: ['1.1.1.1', 'x'] }],
      FallbackResolvers: [{ Addr: '1.1.1.1:5353' }],
      Routes: { 'tail.example.': null, 'corp.example': [{ Addr: '10.0.0.53' }], 'empty.example': [] },
      ExtraRecords: [
        { Name: 'A.tail.example.', Value: '100.64.0.9' },
        { Name: 'b.tail.example', Type: 'AAAA', Value: 'fd7a::9' },
        { Name: 'c.tail.example', Type: 'TXT', Value: 'x' },
        { Name: 'd.tail.example', Type: 'A', Value: 'fd7a::9' },
      ],
      CertDomains: ['host-1.tail.example'],
    });
    expect(config).toEqual({
      magic: true,
      suffix: 'tail.example',
      search: ['tail.example', 'corp.example'],
      resolvers: [{ address: '8.8.8.8' }, { address: '[::1]:53' }, { address: 'https://dns.example/q', bootstrap: ['1.1.1.1'] }],
      fallbackResolvers: [{ address: '1.1.1.1:5353' }],
      routes: new Map<string, unknown[]>([
        ['tail.example', []],
        ['corp.example', [{ address: '10.0.0.53' }]],
        ['empty.example', []],
      ]),
      records: [
        { name: 'a.tail.example', type: 'A', value: '100.64.0.9' },
        { name: 'b.tail.example', type: 'AAAA', value: 'fd7a::9' },
      ],
      certificateDomains: ['host-1.tail.example'],
    });
  });

  test('D.1: of old servers are addresses only', () => {
    expect(namesWith({ Nameservers: ['9.9.9.9'] })).toMatchObject({ magic: false, suffix: '', resolvers: [{ address: '9.9.9.9' }] });
    expect(namesWith({ Nameservers: ['9.9.9.9'], Resolvers: [] }).resolvers).toEqual([]);
  });

  test('D.2: end in what stands behind our first label, or else in the first search domain', () => {
    expect(namesWith({ Proxied: true, Domains: ['search.example'] }, { Name: 'me.own.example.' }).suffix).toBe('own.example');
    expect(namesWith({ Proxied: true, Domains: ['search.example'] }, { Name: '' }).suffix).toBe('search.example');
  });

  test('C11: servers that nobody may name are left out, and their domains do not go to others', () => {
    const servers = ['http://100.64.0.2:80/dns-query', 'tls://1.1.1.1', 'file:///etc/hosts', 'dns.example', '', 'https://', '1.2.3.4:x'];
    const config = namesWith({
      Proxied: true,
      Resolvers: servers.map((Addr) => ({ Addr })),
      Routes: { 'secret.example': servers.map((Addr) => ({ Addr })) },
    });
    expect(config).toMatchObject({ resolvers: [], routes: new Map([['secret.example', []]]) });
  });

  test('C.7: are replaced as a whole', () => {
    const follower = Follower.of(whole([], { DNSConfig: { Proxied: true, Domains: ['a.example'] } }));
    follower.take({ DNSConfig: { Resolvers: [{ Addr: '8.8.8.8' }] } });
    expect(follower.commons.names).toMatchObject({ magic: false, search: [], resolvers: [{ address: '8.8.8.8' }] });
    expect(follower.take({ DNSConfig: null }).patch).toBeUndefined();
  });
});

describe('relays', () => {
  const relay = (more: Raw = {}): Raw => ({ Name: '1a', RegionID: 1, HostName: 'derp.example', ...more });
  const region = (...nodes: unknown[]): Raw => ({ RegionID: 77, RegionCode: 'one', RegionName: 'One', Nodes: nodes });

  test('F.8: stand under the key of their region, with defaults left out', () => {
    const full = relay({
      IPv4: '192.0.2.1',
      IPv6: 'none',
      DERPPort: 8443,
      STUNPort: -1,
      STUNOnly: true,
      CertName: 'x',
      InsecureForTests: true,
      STUNTestIP: '127.0.0.1',
    });
    const plain = relay({
      IPv4: '',
      IPv6: '',
      DERPPort: 0,
      STUNPort: 0,
      STUNOnly: false,
      CertName: '',
      InsecureForTests: false,
      STUNTestIP: '',
      CanPort80: true,
    });
    const map = relaysOf({
      Regions: { 1: { ...region(full, null, plain), Avoid: true, NoMeasureNoHome: true }, 2: null },
      HomeParams: { RegionScore: { 1: 0.8, 2: -1, x: 1 } },
    });
    expect(map.regions.get(1)).toEqual({
      id: 1,
      code: 'one',
      name: 'One',
      avoid: true,
      noMeasureNoHome: true,
      nodes: [
        {
          name: '1a',
          hostName: 'derp.example',
          ipv4: '192.0.2.1',
          ipv6: 'none',
          derpPort: 8443,
          stunPort: -1,
          stunOnly: true,
          certName: 'x',
          insecureForTests: true,
          stunTestIp: '127.0.0.1',
        },
        { name: '1a', hostName: 'derp.example' },
      ],
    });
    expect([[...map.regions.keys()], map.scores]).toEqual([[1], new Map([[1, 0.8]])]);
  });

  test('I.4 C.7: no regions keep those before, and an empty object clears the scores', () => {
    const first = { Regions: { 1: region(relay()) }, HomeParams: { RegionScore: { 1: 2 } } };
    const after = relaysOf(first, { Regions: null, HomeParams: { RegionScore: {} } });
    expect([[...after.regions.keys()], after.scores]).toEqual([[1], undefined]);
    expect(relaysOf(first, { HomeParams: { RegionScore: null } }).scores).toEqual(new Map([[1, 2]]));
    expect(relaysOf(first, { HomeParams: null })).toEqual(relaysOf(first));
  });

  test('C13: may be none, hundreds, or fewer than before, and a bad one costs only itself', () => {
    expect(relaysOf({ Regions: { 1: region(relay()) } }, { Regions: {} }).regions.size).toBe(0);
    const many = Object.fromEntries(Array.from({ length: 200 }, (_, i) => [i + 1, region(relay({ HostName: '127.0.0.1' }))]));
    expect(relaysOf({ Regions: many }).regions.size).toBe(200);
    const bad = ['', 'a b', 'a\r\nb', 'a/b', '-a', 7].map((HostName) => relay({ HostName }));
    const map = relaysOf({
      Regions: {
        1: region(...bad, relay({ DERPPort: 70_000 }), relay({ STUNPort: -2 }), 'x', relay()),
        0: region(),
        '-1': region(),
        x: region(),
      },
    });
    expect([[...map.regions.keys()], map.regions.get(1)?.nodes.length]).toEqual([[1], 1]);
  });
});

test('users are added and replaced, never removed', () => {
  const follower = Follower.of(
    whole([], {
      UserProfiles: [
        { ID: 7, LoginName: 'a' },
        { ID: 8, LoginName: 'b', ProfilePicURL: 'https://a.example/x.png' },
      ],
    }),
  );
  expect(follower.take({ UserProfiles: [{ ID: 7, LoginName: 'a' }] }).patch).toBeUndefined();
  follower.take({ UserProfiles: [{ ID: 7, LoginName: 'c', ProfilePicURL: 'javascript:x' }, { ID: 0 }, null] });
  expect([...follower.commons.users!.values()]).toEqual([
    { id: '7', loginName: 'c', displayName: '' },
    { id: '8', loginName: 'b', displayName: '', profilePicture: 'https://a.example/x.png' },
  ]);
});

test('of two profiles of one user the later counts, and an empty name of the tailnet says nothing', () => {
  const follower = Follower.of(whole([], { UserProfiles: [{ ID: 7, LoginName: 'a' }] }));
  follower.take({
    Domain: '',
    UserProfiles: [
      { ID: 7, LoginName: 'b' },
      { ID: 7, LoginName: 'a' },
      { ID: 8, LoginName: 'c' },
    ],
  });
  expect([...(follower.commons.users?.values() ?? [])].map(({ loginName }) => loginName)).toEqual(['a', 'c']);
  expect(follower.commons.domain).toBe('example.org');
});
