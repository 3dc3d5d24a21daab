import fc from 'fast-check';
import { expect, test } from 'vitest';
import { World } from '../../test/world.js';
import { Access } from '../registry/access.js';

const ONLY_WEB = { acls: [{ src: ['alice@devnet'], dst: ['tag:web:80'], proto: 'tcp' }] };

test('the first map is whole; after it only what changed is told', () => {
  const world = new World();
  const a = world.join(world.device('a'));
  expect(Object.keys(a.read())).toEqual(
    expect.arrayContaining(['Node', 'DERPMap', 'DNSConfig', 'Domain', 'PacketFilters', 'UserProfiles', 'ControlTime']),
  );
  expect(a.self.Addresses).toEqual(['100.64.0.1/32', 'fd7a:115c:a1e0::1/128']);
  expect(a.read()).toBeUndefined();
  world.join(world.device('b'));
  expect(Object.keys(a.read())).toEqual(['PeersChanged', 'UserProfiles', 'ControlTime']);
  expect(a.names).toEqual(['b']);
});

test('ids are numbers, as Go reads them', () => {
  const world = new World();
  const a = world.join(world.device('a'));
  a.read();
  expect([typeof a.self.ID, typeof a.self.User]).toEqual(['number', 'number']);
});

test('where a peer is reached, and whether it is there, are patches', () => {
  const world = new World();
  const [a, device] = [world.join(world.device('a')), world.device('b')];
  const b = world.join(device);
  a.read();
  world.map(device, {
    OmitPeers: true,
    Endpoints: ['192.0.2.1:41641', 'nonsense'],
    Hostinfo: { Hostname: 'b', OS: 'linux', NetInfo: { PreferredDERP: 900 } },
  });
  expect(a.read().PeersChangedPatch).toMatchObject([{ NodeID: 2, Endpoints: ['192.0.2.1:41641'], DERPRegion: 900 }]);
  b.close();
  expect(a.watcher.hasNews).toBe(false);
  world.now += 5_000;
  world.service.tick(world);
  expect(a.read().PeersChangedPatch).toMatchObject([{ NodeID: 2, Online: false, LastSeen: '2026-01-01T00:00:06.000Z' }]);
});

test('a node that comes back within the grace was never gone', () => {
  const world = new World();
  const [a, device] = [world.join(world.device('a')), world.device('b')];
  world.join(device).close();
  a.read();
  world.join(device);
  world.now += 60_000;
  world.service.tick(world);
  expect(a.watcher.hasNews).toBe(false);
});

test('what a node says twice is told to nobody', () => {
  const world = new World();
  const [a, device] = [world.join(world.device('a')), world.device('b')];
  const said = { OmitPeers: true, Endpoints: ['192.0.2.1:41641'], DiscoKey: `discokey:${world.key()}` };
  world.join(device);
  world.map(device, said);
  a.read();
  world.map(device, said);
  expect(a.watcher.hasNews).toBe(false);
});

test('a new disco key comes with the whole node: a patch of it may be taken for a late one', () => {
  const world = new World();
  const [a, device] = [world.join(world.device('a')), world.device('b')];
  world.join(device);
  a.read();
  const discoKey = `discokey:${world.key()}`;
  world.map(device, { OmitPeers: true, DiscoKey: discoKey });
  expect(a.read().PeersChanged).toMatchObject([{ ID: 2, DiscoKey: discoKey }]);
});

test.each([
  [111, 'as they are'],
  [112, 'only when they are not its addresses'],
])('to a client of version %i the allowed prefixes of a peer are told %s; of a peer no more than others need', (Version, _how) => {
  const world = new World();
  const a = world.join(world.device('a'), undefined, { Version });
  world.join(world.device('plain'));
  world.join(world.device('router'), undefined, { Hostinfo: { Hostname: 'router', OS: 'linux', RoutableIPs: ['192.0.2.0/24'] } });
  a.read();
  const [plain, router] = [a.peers.get(2), a.peers.get(3)];
  expect(plain.AllowedIPs).toEqual(Version < 112 ? plain.Addresses : undefined);
  expect(router.AllowedIPs).toEqual([...router.Addresses, '192.0.2.0/24']);
  expect(Object.keys(plain)).not.toEqual(expect.arrayContaining(['Machine']));
  expect(a.self).toMatchObject({ Machine: expect.stringMatching(/^mkey:/), MachineAuthorized: true, AllowedIPs: a.self.Addresses });
});

test('a peer that is removed is removed by its number', () => {
  const world = new World();
  const a = world.join(world.device('a'));
  world.join(world.device('b'));
  a.read();
  world.registry.remove(2);
  expect(a.read().PeersRemoved).toEqual([2]);
});

test('a stream of a node that is not registered, of another machine, or that wants one map only, is refused', () => {
  const world = new World();
  const [a, b] = [world.device('a'), world.device('b')];
  expect(world.map(a, { Stream: true })).toMatchObject({ status: 404 });
  world.register(a, world.authKey('k'));
  expect(world.map({ ...a, machine: b.machine }, { Stream: true })).toMatchObject({ status: 404 });
  expect(world.map(a)).toMatchObject({ status: 400 });
});

test('A4: the filter of a node holds the rules that concern it; who may not speak to a node does not know of it', () => {
  const world = new World(ONLY_WEB);
  const alice = world.join(world.device('laptop'), world.authKey('alice'));
  const web = world.join(world.device('web'), world.authKey('web', { tags: ['tag:web'] }));
  const bob = world.join(world.device('other'), world.authKey('bob', { user: 'bob@devnet' }));
  for (const stream of [alice, web, bob]) stream.read();
  expect([alice.names, web.names, bob.names]).toEqual([['web'], ['laptop'], []]);
  expect(alice.filters).toEqual({ base: [] });
  expect(web.filters).toEqual({
    base: [
      {
        SrcIPs: ['100.64.0.1', 'fd7a:115c:a1e0::1'],
        DstPorts: ['100.64.0.2', 'fd7a:115c:a1e0::2'].map((IP) => ({ IP, Ports: { First: 80, Last: 80 } })),
        IPProto: [6],
      },
    ],
  });
});

test('A4: a node that joins turns the filters of those whom it may reach', () => {
  const world = new World(ONLY_WEB);
  const web = world.join(world.device('web'), world.authKey('web', { tags: ['tag:web'] }));
  web.read();
  world.join(world.device('laptop'), world.authKey('alice'));
  expect(Object.keys(web.read())).toEqual(['PeersChanged', 'UserProfiles', 'PacketFilters', 'ControlTime']);
  expect(web.filters.base[0].SrcIPs).toEqual(['100.64.0.2', 'fd7a:115c:a1e0::2']);
});

test('whatever happens, who follows the changes knows what a whole map would say', () => {
  const step = fc.record({ what: fc.constantFrom('join', 'leave', 'move', 'remove', 'read', 'wait'), who: fc.nat(4) });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      const world = new World({
        acls: [
          { src: ['alice@devnet'], dst: ['*:*'] },
          { src: ['tag:web'], dst: ['tag:web:*'] },
        ],
      });
      const keys = ['alice', 'bob', 'web'].map((user) =>
        world.authKey(user, { user: `${user}@devnet`, tags: user === 'web' ? ['tag:web'] : [] }),
      );
      const devices = Array.from({ length: 5 }, (_, n) => world.device(`n${n}`));
      const observer = world.join(world.device('observer'), keys[1]);
      const streams = new Map<number, ReturnType<World['join']>>();
      for (const { what, who } of steps) {
        if (what === 'join') streams.set(who, world.join(devices[who]!, keys[who % 3]));
        if (what === 'leave') streams.get(who)?.close();
        if (what === 'move') world.map(devices[who]!, { OmitPeers: true, Endpoints: [`192.0.2.${who}:${world.now}`] });
        if (what === 'remove') world.registry.remove(who + 2);
        if (what === 'read') observer.read();
        if (what === 'wait') world.now += 3_000;
        world.service.tick(world);
      }
      observer.read();
      const fresh = world.join({
        ...(world.node('observer') as never as { machine: string }),
        nodeKey: world.node('observer').key,
        hostname: 'observer',
      } as never);
      fresh.read();
      const known = (stream: typeof fresh) =>
        [...stream.peers.values()]
          .map(({ ID, Name, Key, Online, Endpoints = [] }) => ({ ID, Name, Key, Online, Endpoints }))
          .sort((x, y) => x.ID - y.ID);
      expect(known(observer)).toEqual(known(fresh));
      expect(observer.filters).toEqual(fresh.filters);
    }),
    { seed: 1, numRuns: 60 },
  );
});

test('a node hears what it may do, and for which name it may have a certificate: at first, and when the policy is another one', () => {
  const world = new World();
  const a = world.join(world.device('a'));
  expect(a.read()).toMatchObject({ Node: expect.not.objectContaining({ CapMap: expect.anything() }) });
  const policy = { ...ONLY_WEB, nodeAttrs: [{ target: ['*'], attr: ['funnel'] }] };
  world.source.access = new Access(policy);
  world.service.accessChanged();
  const told = a.read();
  expect(told.Node.CapMap).toMatchObject({ funnel: null, https: null });
  expect(told.DNSConfig.CertDomains).toEqual([`a.${told.Domain ?? 'devnet.internal'}`]);
  const b = world.join(world.device('b'));
  expect(Object.keys(b.read().Node.CapMap)).toContain('funnel');
});
