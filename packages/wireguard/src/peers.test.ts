import { expect, test } from 'vitest';
import { table } from '../test/packets.js';
import { Sim, type SimNode } from '../test/sim.js';
import { WireGuard, WireGuardError, type WireGuardErrorCode } from './index.js';

function connected(): { readonly sim: Sim; readonly a: SimNode; readonly b: SimNode } {
  const sim = new Sim();
  const [a, b] = sim.pair();
  a.say(b, 'hello');
  sim.run(100);
  return { sim, a, b };
}

function codeOf(call: () => unknown): WireGuardErrorCode | undefined {
  try {
    call();
  } catch (error) {
    if (error instanceof WireGuardError) return error.code;
    throw error;
  }
  return undefined;
}

test('a change of prefixes, keepalive or place leaves the session alone', () => {
  const { sim, a, b } = connected();
  const place = sim.endpoint(b);
  b.place = place;
  const ref = a.knows(b, { allowedIps: [b.address, '192.168.0.0/16'], persistentKeepalive: 25, endpoint: place });
  expect(ref).toBe(a.peer(b));
  expect(a.engine.status(ref)).toMatchObject({
    allowedIps: [`${b.address}/32`, '192.168.0.0/16'],
    persistentKeepalive: 25,
    endpoint: place,
  });
  a.say(b, 'still there');
  sim.run(100);
  expect(b.heard).toEqual(['hello', 'still there']);
  expect(sim.sent(a, 1)).toHaveLength(1);
});

test('the configured place does not call back a peer that has roamed, another one moves it', () => {
  const { sim, a, b } = connected();
  const home = a.engine.status(a.peer(b)).endpoint;
  b.moves();
  b.say(a, 'from elsewhere');
  sim.run(100);
  a.knows(b, { ...(home && { endpoint: home }) });
  expect(a.engine.status(a.peer(b)).endpoint).toBe(b.place);
  const third = sim.endpoint(b);
  a.knows(b, { endpoint: third });
  expect(a.engine.status(a.peer(b)).endpoint).toBe(third);
});

test('a prefix given to another peer leaves the first, in both lists and on the way in and out', () => {
  const { sim, a, b } = connected();
  const c = sim.node();
  a.knows(c, { allowedIps: [b.address, c.address] });
  expect(a.engine.status(a.peer(b)).allowedIps).toEqual([`${b.address6}/128`]);
  expect(a.engine.status(a.peer(c)).allowedIps).toEqual([`${b.address}/32`, `${c.address}/32`]);
  b.say(a, 'as before');
  sim.run(100);
  expect(a.drops).toEqual({ cryptokey: 1 });
  a.engine.removePeer(sim.now, c.publicKey);
  a.say(b, 'nobody has it now');
  expect(a.drops).toEqual({ cryptokey: 1, 'no-route': 1 });
});

test('a patch changes the prefixes that it names, takes them from others, and says how many the peer has then', () => {
  const { sim, a, b } = connected();
  const c = sim.node();
  const ref = a.knows(c, { allowedIps: ['10.1.0.0/16', '10.2.0.0/16', 'fd01::/16'] });
  const patch = { remove: ['10.2.0.7/16', '10.77.0.0/16'], add: [`${b.address}/32`, 'FD02::0:1', '10.1.0.0/16'] };
  expect(a.engine.patchAllowedIps(sim.now, c.publicKey, patch)).toBe(4);
  expect(a.engine.status(ref).allowedIps).toEqual(['10.1.0.0/16', 'fd01::/16', `${b.address}/32`, 'fd02::1/128']);
  expect(a.engine.status(a.peer(b)).allowedIps).toEqual([`${b.address6}/128`]);
  expect(sim.sent(a, 1)).toHaveLength(1);
});

test('what a patch both removes and adds is there afterwards', () => {
  const { sim, a, b } = connected();
  expect(a.engine.patchAllowedIps(sim.now, b.publicKey, { remove: [b.address], add: [`${b.address}/32`] })).toBe(2);
  a.say(b, 'still there');
  sim.run(100);
  expect(b.heard).toEqual(['hello', 'still there']);
});

test('a patch that another peer’s prefix is removed from leaves it with that peer', () => {
  const { sim, a, b } = connected();
  const c = sim.node();
  a.knows(c, { allowedIps: ['10.1.0.0/16'] });
  expect(a.engine.patchAllowedIps(sim.now, b.publicKey, { remove: ['10.1.0.0/16'], add: [] })).toBe(2);
  expect(a.engine.status(a.peer(c)).allowedIps).toEqual(['10.1.0.0/16']);
});

test('a patch with a prefix that is none changes nothing, and without a peer there is nothing to change', () => {
  const { sim, a, b } = connected();
  const before = a.engine.status(a.peer(b)).allowedIps;
  for (const patch of [
    { remove: [b.address], add: ['10.0.0.0/33'] },
    { remove: [b.address, 'x'], add: ['10.5.0.0/16'] },
  ]) {
    expect(codeOf(() => a.engine.patchAllowedIps(sim.now, b.publicKey, patch))).toBe('HEDDLE_WIREGUARD_PREFIX');
  }
  expect(a.engine.status(a.peer(b)).allowedIps).toEqual(before);
  expect(a.engine.patchAllowedIps(sim.now, new Uint8Array(32), { remove: [], add: ['10.5.0.0/16'] })).toBeUndefined();
});

test('prefixes are shown without host bits and in the order given', () => {
  const sim = new Sim();
  const [a, b] = [sim.node(), sim.node()];
  const ref = a.knows(b, { allowedIps: ['10.0.0.77/24', 'FD00::0:1', '10.0.0.1'] });
  expect(a.engine.status(ref).allowedIps).toEqual(['10.0.0.0/24', 'fd00::1/128', '10.0.0.1/32']);
});

test('a list that its caller changes afterwards changes no peer', () => {
  const sim = new Sim();
  const [a, b] = [sim.node(), sim.node()];
  const given = ['10.0.0.0/24'];
  const ref = a.knows(b, { allowedIps: given });
  given.push('10.1.0.0/24');
  expect(a.engine.status(ref).allowedIps).toEqual(['10.0.0.0/24']);
  const added = ['10.2.0.0/24'];
  a.engine.patchAllowedIps(sim.now, b.publicKey, { remove: ['10.0.0.0/24'], add: added });
  added.push('10.3.0.0/24');
  expect(a.engine.status(ref).allowedIps).toEqual(['10.2.0.0/24']);
});

test('a list that lasts stays as its caller gave it when the prefixes of the peer change', () => {
  const sim = new Sim();
  const [a, b] = [sim.node(), sim.node()];
  const given = ['10.0.0.0/24', 'fd00::1/128'];
  const ref = a.knows(b, { allowedIps: given, lasting: true });
  a.engine.patchAllowedIps(sim.now, b.publicKey, { remove: ['10.0.0.0/24'], add: ['10.2.0.0/24'] });
  expect([given, a.engine.status(ref).allowedIps]).toEqual([
    ['10.0.0.0/24', 'fd00::1/128'],
    ['fd00::1/128', '10.2.0.0/24'],
  ]);
});

test('config gives back what makes the same peer again', () => {
  const { sim, a, b } = connected();
  const presharedKey = sim.random.bytes(32);
  const ref = a.knows(b, { presharedKey, persistentKeepalive: 7 });
  const config = a.engine.config(ref);
  expect(config).toEqual({
    publicKey: b.publicKey,
    allowedIps: [`${b.address}/32`, `${b.address6}/128`],
    presharedKey,
    persistentKeepalive: 7,
    endpoint: b.place,
  });
  a.engine.removePeer(sim.now, b.publicKey);
  expect(a.engine.config(a.engine.setPeer(sim.now, config))).toEqual(config);
});

test('a persistent keepalive that is switched on begins at once', () => {
  const { sim, a, b } = connected();
  const mark = sim.log.length;
  a.knows(b, { persistentKeepalive: 25 });
  a.knows(b, { persistentKeepalive: 30 });
  expect(sim.sent(a, 4, mark)).toHaveLength(1);
  sim.run(61_000);
  expect(sim.sent(a, 4, mark).map(({ at, bytes }) => [at - 1_100, bytes.length])).toEqual([
    [0, 32],
    // 30 s after the other side has said that it is there.
    [39_940, 32],
  ]);
});

test('with a persistent keepalive a peer that was given up is asked again and again', () => {
  const sim = new Sim();
  const [a, b] = [sim.node(), sim.node()];
  a.knows(b, { persistentKeepalive: 25 });
  sim.run(600_000);
  b.knows(a);
  sim.run(60_000);
  expect(b.establishments).toBe(1);
});

test('a peer that is removed leaves no timer, no prefix and no index behind, and its number is used again', () => {
  const { sim, a, b } = connected();
  const ref = a.peer(b);
  expect(a.engine.removePeer(sim.now, b.publicKey)).toBe(true);
  expect(a.engine.removePeer(sim.now, b.publicKey)).toBe(false);
  expect([a.engine.peers(), a.engine.nextDeadline()]).toEqual([[], Number.POSITIVE_INFINITY]);
  b.say(a, 'into the void');
  a.say(b, 'nowhere');
  sim.run(100);
  expect(a.drops).toEqual({ 'no-route': 1, 'unknown-index': 1 });
  const next = a.knows(sim.node());
  expect(next.id).toBe(ref.id);
  expect(codeOf(() => a.engine.status(ref))).toBe('HEDDLE_WIREGUARD_UNKNOWN_PEER');
  a.say(b, 'still nowhere');
  expect(a.drops).toEqual({ 'no-route': 2, 'unknown-index': 1 });
});

test('the timers of a peer that takes the number of a removed one are its own', () => {
  const { sim, a, b } = connected();
  const c = sim.node();
  const mark = sim.log.length;
  a.engine.removePeer(sim.now, b.publicKey);
  a.knows(c, { persistentKeepalive: 25 });
  sim.run(5_400);
  expect(sim.sent(a, 1, mark)).toHaveLength(2);
});

test('a new private key ends all sessions for sending, and the peers find each other anew', () => {
  const { sim, a, b } = connected();
  b.say(a, 'confirm');
  sim.run(100);
  a.engine.setPrivateKey(sim.now, sim.random.bytes(32));
  b.say(a, 'still received');
  a.say(b, 'waits');
  sim.run(100);
  expect([a.heard, b.heard]).toEqual([['confirm', 'still received'], ['hello']]);
  b.knows(a);
  sim.run(6_000);
  expect(b.heard).toEqual(['hello', 'waits']);
});

test('the same private key again changes nothing', () => {
  const sim = new Sim();
  const privateKey = sim.random.bytes(32);
  const [a, b] = [sim.node({ privateKey }), sim.node()];
  a.knows(b);
  b.knows(a);
  a.say(b, '1');
  sim.run(100);
  a.engine.setPrivateKey(sim.now, privateKey);
  a.say(b, '2');
  sim.run(100);
  expect([b.heard, sim.sent(a, 1).length]).toEqual([['1', '2'], 1]);
});

test('a peer that turns out to be ourselves is removed with the new key, and refused as a new peer', () => {
  const sim = new Sim();
  const privateKey = sim.random.bytes(32);
  const [a, b] = [sim.node(), sim.node({ privateKey })];
  a.knows(b);
  a.engine.setPrivateKey(sim.now, privateKey);
  expect(a.engine.peers()).toEqual([]);
  expect(codeOf(() => a.knows(b))).toBe('HEDDLE_WIREGUARD_OWN_KEY');
});

test('what cannot be is refused by name, and nothing of it is applied', () => {
  const { sim, a, b } = connected();
  const before = a.engine.config(a.peer(b));
  const refused: readonly (readonly [WireGuardErrorCode, Parameters<SimNode['knows']>[1]])[] = [
    ['HEDDLE_WIREGUARD_PREFIX', { allowedIps: ['10.9.0.0/16', '10.0.0.0/33'] }],
    ['HEDDLE_WIREGUARD_PREFIX', { allowedIps: ['example.org'] }],
    ['HEDDLE_WIREGUARD_KEY', { publicKey: new Uint8Array(31) }],
    ['HEDDLE_WIREGUARD_KEY', { presharedKey: new Uint8Array(33), allowedIps: ['10.9.0.0/16'] }],
    ['HEDDLE_WIREGUARD_KEEPALIVE', { persistentKeepalive: 65_536 }],
    ['HEDDLE_WIREGUARD_KEEPALIVE', { persistentKeepalive: 0.5 }],
    ['HEDDLE_WIREGUARD_KEEPALIVE', { persistentKeepalive: -1 }],
  ];
  for (const [code, config] of refused) expect(codeOf(() => a.knows(b, config))).toBe(code);
  expect(a.engine.config(a.peer(b))).toEqual(before);
  expect(a.engine.peers()).toHaveLength(1);
  expect(() => a.knows(b, { allowedIps: ['10.0.0.0/33'] })).toThrow('10.0.0.0/33');
  expect(codeOf(() => a.engine.setPrivateKey(sim.now, new Uint8Array(3)))).toBe('HEDDLE_WIREGUARD_KEY');
  expect(codeOf(() => a.engine.setMtu(-1))).toBe('HEDDLE_WIREGUARD_MTU');
});

test('limits are checked, and the number of peers is one', () => {
  const sim = new Sim();
  const [a, b, c] = [sim.node({ limits: { peers: 1 } }), sim.node(), sim.node()];
  a.knows(b);
  expect(codeOf(() => a.knows(c))).toBe('HEDDLE_WIREGUARD_LIMIT');
  a.knows(b, { persistentKeepalive: 1 });
  expect(codeOf(() => sim.node({ limits: { handshakesPerTick: 0 } }))).toBe('HEDDLE_WIREGUARD_LIMIT');
  expect(codeOf(() => sim.node({ limits: { stagedBytes: Number.NaN } }))).toBe('HEDDLE_WIREGUARD_LIMIT');
});

test('packets that wait for a session are bounded, the oldest go', () => {
  const sim = new Sim();
  const [a, b] = sim.pair({}, { limits: { stagedPackets: 3 } });
  for (const text of ['1', '2', '3', '4', '5']) a.say(b, text);
  sim.run(100);
  expect(a.drops).toEqual({ 'staged-queue-full': 2 });
  expect(b.heard).toEqual(['3', '4', '5']);
});

test('asking when to call next does not cost more with ten thousand peers', () => {
  const sim = new Sim();
  const a = sim.node();
  const place = sim.endpoint(a);
  for (let i = 0; i < 10_000; i++) {
    const publicKey = sim.random.bytes(32);
    a.engine.setPeer(sim.now, { publicKey, allowedIps: [`10.${(i >> 8) + 1}.${i & 255}.1`], endpoint: place });
  }
  const b = sim.node();
  a.knows(b);
  b.knows(a);
  a.say(b, 'one among many');
  sim.run(30_000);
  expect(b.heard).toEqual(['one among many']);
  expect(a.engine.nextDeadline()).toBeGreaterThan(sim.now);
  expect(a.engine.peers()).toHaveLength(10_001);
});

test('an engine that knows nothing waits for ever and survives everything', () => {
  const sim = new Sim();
  const engine = new WireGuard({ crypto: sim.crypto, sink: sim.node(), random: (into) => sim.random.fill(into), wallClock: () => 0 });
  engine.tick(0);
  engine.receive(0, sim.nodes[0]!.place, table(new Uint8Array(148)));
  engine.expireSessions(0, 1);
  engine.rehandshake(0);
  expect([engine.publicKey, engine.peers(), engine.nextDeadline()]).toEqual([undefined, [], Number.POSITIVE_INFINITY]);
});
