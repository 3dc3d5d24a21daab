import { expect, test } from 'vitest';
import { DAY, World } from '../../test/world.js';

test('a node with an auth key is in; its name, addresses and owner are its own', () => {
  const world = new World();
  const key = world.authKey('k', { user: 'bob@devnet' });
  const one = world.device('Web.Example');
  expect(world.register(one, key)).toMatchObject({ MachineAuthorized: true, Login: { LoginName: 'bob@devnet' } });
  expect(world.node('web')).toMatchObject({
    id: 1,
    machine: one.machine,
    user: 'bob@devnet',
    addresses: ['100.64.0.1', 'fd7a:115c:a1e0::1'],
  });
  world.register(world.device('web'), key);
  expect(world.node('web-1').addresses[0]).toBe('100.64.0.2');
});

test.each([
  ['an unknown key', {}, 'other', 'invalid pre auth key'],
  ['a key after its time', { expiry: 5 }, 'k', 'authkey expired'],
  ['a used key for one node', { reusable: false, used: true }, 'k', 'authkey already used'],
])('%s lets nobody in', (_, more, shown, why) => {
  const world = new World();
  world.authKey('k', more);
  expect(world.register(world.device('a'), shown)).toEqual({ Error: why });
  expect(world.registry.size).toBe(0);
});

test('a key for one node lets one in', () => {
  const world = new World();
  world.authKey('k', { reusable: false });
  expect(world.register(world.device('a'), 'k').MachineAuthorized).toBe(true);
  expect(world.register(world.device('b'), 'k')).toEqual({ Error: 'authkey already used' });
});

test('who has no key and is not known is told how to come in', () => {
  const world = new World();
  expect(world.register(world.device('a')).Error).toContain('auth key');
});

test('a known node key needs no auth key, and tells nobody anything when nothing has changed', () => {
  const world = new World();
  const [a, b] = [world.device('a'), world.device('b')];
  const stream = world.join(b);
  world.register(a, 'any');
  stream.read();
  expect(world.register(a).MachineAuthorized).toBe(true);
  expect(stream.watcher.hasNews).toBe(false);
});

test('nobody takes the node key of another machine', () => {
  const world = new World();
  const a = world.device('a');
  world.register(a, world.authKey('k'));
  expect(world.register({ ...world.device('thief'), nodeKey: a.nodeKey }, 'k')).toEqual({
    Error: 'node exists with a different machine key',
  });
});

test('a logout makes the key useless; the machine comes back under a new key with its name and addresses', () => {
  const world = new World();
  const a = world.device('a');
  world.register(a, world.authKey('k'));
  const before = world.node('a');
  expect(world.register(a, undefined, { Expiry: '1970-01-01T00:02:03Z' })).toEqual({ NodeKeyExpired: true, MachineAuthorized: false });
  expect(world.register(a)).toEqual({ NodeKeyExpired: true, MachineAuthorized: false });
  const again = { ...a, nodeKey: `nodekey:${world.key()}` };
  expect(world.register(again, 'k').MachineAuthorized).toBe(true);
  const { id, name, addresses } = before;
  expect(world.node('a')).toMatchObject({ id, name, addresses, key: again.nodeKey });
  expect(world.node('a').expiry).toBeUndefined();
});

test('the zero time of Go is no logout', () => {
  const world = new World();
  const a = world.device('a');
  world.register(a, world.authKey('k'));
  expect(world.register(a, undefined, { Expiry: '0001-01-01T00:00:00Z' }).MachineAuthorized).toBe(true);
});

test('a logged-out ephemeral node is forgotten, and so is one that is away too long', () => {
  const world = new World();
  world.authKey('e', { ephemeral: true });
  const [a, b] = [world.device('a'), world.device('b')];
  world.register(a, 'e');
  world.register(a, undefined, { Expiry: '1970-01-01T00:02:03Z' });
  expect(world.registry.size).toBe(0);
  const stream = world.join(b, 'e');
  stream.close();
  world.now += 59_999;
  world.service.tick(world);
  expect(world.node('b').online).toBe(false);
  world.now += 1;
  world.service.tick(world);
  expect(world.registry.size).toBe(0);
});

test('everything that outlives the process comes back, and everybody is offline then', () => {
  const [world, later] = [new World(), new World()];
  const a = world.device('a');
  world.join(a);
  later.registry.restore(JSON.parse(JSON.stringify(world.registry.snapshot())), later.wall + DAY);
  expect(later.node('a')).toEqual({ ...world.node('a'), online: false, lastSeen: later.wall + DAY });
  expect(later.register(a).MachineAuthorized).toBe(true);
  later.register(world.device('b'), later.authKey('k'));
  expect(later.node('b').id).toBe(2);
});

test.each(['{', '[]', '7', '{"NodeKey":"nodekey:00"}', `{"NodeKey":"nodekey:${'0'.repeat(64)}"}`, `{"NodeKey":"mkey:${'1'.repeat(64)}"}`])(
  'a body like %s is refused',
  (text) => {
    const world = new World();
    const machine = `mkey:${world.key()}`;
    expect(world.service.register(world, machine, text)).toMatchObject({ is: 'refused', status: 400 });
    expect(world.service.map(world, machine, text)).toMatchObject({ is: 'refused', status: 400 });
  },
);
