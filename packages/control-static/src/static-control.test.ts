import { createNode, definePlugin, HeddleError, type HeddleNode, type HostLookup, type NetmapChange, provide, Tokens } from '@heddle/core';
import { keyPairOf, nobleProvider, PrivateKey } from '@heddle/crypto';
import { MemoryNetwork, memory, memoryStack, SeededRandom, VirtualClock } from '@heddle/testing';
import { afterEach, describe, expect, test } from 'vitest';
import { type StaticConfig, StaticControl, type StaticPeerConfig, staticControl } from './index.js';

const x25519 = nobleProvider.create().x25519!;
const KEYS = ['a', 'b', 'c', 'd'].map((_, i) => keyPairOf(PrivateKey.fromBytes('node', new Uint8Array(32).fill(i + 1)), x25519));
const [A, B, C, D] = KEYS as [(typeof KEYS)[0], (typeof KEYS)[0], (typeof KEYS)[0], (typeof KEYS)[0]];

const running: HeddleNode[] = [];
afterEach(async () => {
  for (const node of running.splice(0)) await node.close();
});

const PEERS: Record<'b' | 'c', StaticPeerConfig> = {
  b: { publicKey: B.publicKey, name: 'bee', allowedIps: ['10.0.0.2/32', '10.2.0.0/16'], endpoint: 'mem:b' },
  c: { publicKey: C.publicKey.toBase64(), name: 'sea', allowedIps: ['10.0.0.3'], endpoint: '192.0.2.3:51820' },
};
const CONFIG: StaticConfig = { privateKey: A.privateKey, name: 'ann', addresses: ['10.0.0.1/24'], peers: [PEERS.b, PEERS.c] };

class Place {
  readonly clock = new VirtualClock({ turn: () => new Promise((done) => setImmediate(done)) });
  readonly network = new MemoryNetwork();
  readonly changes: NetmapChange[] = [];

  /** A running node with this configuration; its netmap changes are kept. */
  async start(config: StaticConfig | string, name = 'a', lookup?: HostLookup): Promise<HeddleNode> {
    const extra = lookup === undefined ? [] : [definePlugin({ name: 'lookup', provides: [provide(Tokens.HostLookup, [], () => lookup)] })];
    const plugins = [staticControl(config), memory({ network: this.network, name }), memoryStack(), ...extra];
    const node = createNode({ clock: this.clock, random: new SeededRandom(name) }, plugins);
    await node.start();
    running.push(node);
    if (name === 'a') node.netmap$.subscribe((change) => this.changes.push(change));
    return node;
  }

  /** What the last change said, in short. */
  get last(): { readonly set: readonly string[]; readonly removed: readonly string[]; readonly self: boolean } {
    const { patch } = this.changes.at(-1)!;
    return { set: patch!.set.map((peer) => peer.id), removed: patch!.removed, self: patch!.self !== undefined };
  }
}

const idOf = (pair: (typeof KEYS)[0]): string => pair.publicKey.toBase64();

describe('a node with a static control', () => {
  test('pings its peer by name', async () => {
    const place = new Place();
    const a = await place.start(CONFIG);
    const b: StaticConfig = {
      privateKey: B.privateKey.revealHex(),
      addresses: ['10.0.0.2/24'],
      peers: [{ publicKey: A.publicKey.toHex(), name: 'ann', allowedIps: ['10.0.0.1/32'], endpoint: 'mem:a' }],
    };
    await place.start(b, 'b');
    const ping = a.ping('bee');
    await place.clock.advanceAsync(1_000);
    expect(await ping).toBeGreaterThanOrEqual(0);
    expect(a.lookup('sea')).toEqual(['10.0.0.3']);
    expect(a.lookup('ann')).toEqual(['10.0.0.1']);
  });

  test('is online once it is open', async () => {
    const a = await new Place().start(CONFIG);
    expect(a.status().control).toEqual({ is: 'online' });
  });

  test('gives the netmap what it was given, in canonical form', async () => {
    const place = new Place();
    await place.start({
      ...CONFIG,
      listenPort: 51820,
      mtu: 1300,
      fwmark: 7,
      dns: { servers: ['10.0.0.53'] },
      addresses: ['10.0.0.1/24', 'FD00::1'],
    });
    const { map } = place.changes[0]!;
    const dns = { servers: ['10.0.0.53'], search: [] };
    expect(map.self).toEqual({ name: 'ann', addresses: ['10.0.0.1/24', 'fd00::1/128'], mtu: 1300, dns, listenPort: 51820, mark: 7 });
    expect(map.peers.get(idOf(B))).toEqual({
      id: idOf(B),
      name: 'bee',
      nodeKey: B.publicKey.toBytes(),
      addresses: ['10.0.0.2/32'],
      allowedIps: ['10.0.0.2/32', '10.2.0.0/16'],
      endpoints: ['mem:b'],
      persistentKeepalive: 0,
    });
    expect(map.peers.get(idOf(C))?.endpoints).toEqual(['udp:192.0.2.3:51820']);
  });

  test('has the private key of its configuration, also after an update', async () => {
    const a = await new Place().start(CONFIG);
    const identity = a.get(Tokens.Identity);
    expect(identity.nodeKey?.publicKey).toEqual(A.publicKey.toBytes());
    a.get(StaticControl).update({ ...CONFIG, privateKey: D.privateKey });
    expect(identity.nodeKey?.publicKey).toEqual(D.publicKey.toBytes());
    expect(a.get(StaticControl).applyUapi(`set=1\nprivate_key=${'0'.repeat(64)}\n\n`)).toBe(0);
    expect(identity.nodeKey).toBeUndefined();
  });

  test('takes wg-quick text and UAPI text as well', async () => {
    const place = new Place();
    await place.start(`[Interface]\nPrivateKey = ${A.privateKey.revealBase64()}\n[Peer]\nPublicKey = ${idOf(B)}\nAllowedIPs = 10.0.0.2\n`);
    expect(place.changes[0]!.map.peers.get(idOf(B))?.allowedIps).toEqual(['10.0.0.2/32']);
    const other = new Place();
    await other.start(
      `set=1\nprivate_key=${A.privateKey.revealHex()}\nlisten_port=5\npublic_key=${B.publicKey.toHex()}\nallowed_ip=10.0.0.2/32\n`,
    );
    expect(other.changes[0]!.map.self?.listenPort).toBe(5);
    expect(other.changes[0]!.map.peers.get(idOf(B))?.allowedIps).toEqual(['10.0.0.2/32']);
  });
});

describe('editing while the node runs', () => {
  test('a new peer is the only one in the patch, and the others stay the same objects', async () => {
    const place = new Place();
    const a = await place.start(CONFIG);
    const before = place.changes.at(-1)!.map.peers.get(idOf(B));
    a.get(StaticControl).setPeer({ publicKey: D.publicKey, allowedIps: ['10.0.0.4'] });
    expect(place.last).toEqual({ set: [idOf(D)], removed: [], self: false });
    expect(place.changes.at(-1)!.map.peers.get(idOf(B))).toBe(before);
  });

  test('a peer that is set as it is changes nothing', async () => {
    const place = new Place();
    const a = await place.start(CONFIG);
    const changes = place.changes.length;
    a.get(StaticControl).setPeer(PEERS.b);
    a.get(StaticControl).update(CONFIG);
    expect(place.changes.length).toBe(changes);
  });

  test('a prefix given to another peer moves, and both peers are in the patch', async () => {
    const place = new Place();
    const a = await place.start(CONFIG);
    a.get(StaticControl).setPeer({ ...PEERS.c, allowedIps: ['10.0.0.3', '10.2.7.7/16'] });
    expect(place.last.set.toSorted()).toEqual([idOf(B), idOf(C)].toSorted());
    const { peers } = place.changes.at(-1)!.map;
    expect(peers.get(idOf(B))?.allowedIps).toEqual(['10.0.0.2/32']);
    expect(peers.get(idOf(C))?.allowedIps).toEqual(['10.0.0.3/32', '10.2.0.0/16']);
  });

  test('an update names what differs only', async () => {
    const place = new Place();
    const a = await place.start(CONFIG);
    a.get(StaticControl).update({ ...CONFIG, peers: [{ ...PEERS.c, name: 'see' }] });
    expect(place.last).toEqual({ set: [idOf(C)], removed: [idOf(B)], self: false });
    a.get(StaticControl).update({ ...CONFIG, mtu: 1400, peers: [{ ...PEERS.c, name: 'see' }] });
    expect(place.last).toEqual({ set: [], removed: [], self: true });
  });

  test('an update that has a mistake applies nothing', async () => {
    const place = new Place();
    const a = await place.start(CONFIG);
    const before = a.get(StaticControl).uapi();
    expect(() => a.get(StaticControl).update({ ...CONFIG, peers: [{ ...PEERS.c, allowedIps: ['x'] }] })).toThrow('peers[0].allowedIps[0]');
    expect(a.get(StaticControl).uapi()).toBe(before);
    expect(place.changes.length).toBe(1);
  });

  test('what is said about the node is in the patch when it changed, and only then', async () => {
    const place = new Place();
    const a = await place.start(CONFIG);
    a.get(StaticControl).applyUapi('set=1\nfwmark=9\n');
    expect(place.last).toEqual({ set: [], removed: [], self: true });
    expect(place.changes.at(-1)!.map.self?.mark).toBe(9);
    a.get(StaticControl).applyUapi('set=1\nlisten_port=9\n');
    expect(place.last.self).toBe(true);
    a.get(StaticControl).removePeer(idOf(C));
    expect(place.last).toEqual({ set: [], removed: [idOf(C)], self: false });
  });

  test('the identity hears of a key once, and not of other changes', async () => {
    const a = await new Place().start(CONFIG);
    let heard = 0;
    a.get(Tokens.Identity).nodeKey$.subscribe(() => {
      heard += 1;
    });
    a.get(StaticControl).update({ ...CONFIG, privateKey: A.privateKey.revealHex(), mtu: 1300 });
    a.get(StaticControl).removePeer(idOf(B));
    expect(heard).toBe(1);
  });

  test('UAPI text that is wrong gives its errno and applies nothing', async () => {
    const place = new Place();
    const a = await place.start(CONFIG);
    const control = a.get(StaticControl);
    const before = control.uapi();
    expect(['', 'x', 'get=1\n', 'set=1\nlisten_port=1\nx\n', 'set=1\n\nset=1\n'].map((text) => control.applyUapi(text))).toEqual([
      -22, -22, -22, -71, -22,
    ]);
    expect(control.uapi()).toBe(before);
    expect(() => control.update('set=1\nlisten_port=1\nx\n')).toThrow('line 3');
  });

  test('remembers what the node published', async () => {
    const a = await new Place().start(CONFIG);
    a.get(Tokens.Control).publish({ hostname: 'ann' });
    a.get(Tokens.Control).publish({ homeRelay: 'derp:1' });
    expect(a.get(StaticControl).published).toMatchObject({ hostname: 'ann', homeRelay: 'derp:1' });
  });

  test('a removed peer is gone, and an unknown one is no mistake', async () => {
    const place = new Place();
    const a = await place.start(CONFIG);
    expect(a.get(StaticControl).removePeer(idOf(B))).toBe(true);
    expect(place.last).toEqual({ set: [], removed: [idOf(B)], self: false });
    expect(a.get(StaticControl).removePeer(B.publicKey)).toBe(false);
    expect(() => a.get(StaticControl).removePeer('b')).toThrow(HeddleError);
  });

  test('a peer with the own key is left out, and leaves when the key comes', async () => {
    const place = new Place();
    const a = await place.start({ ...CONFIG, peers: [{ ...PEERS.b, publicKey: A.publicKey }] });
    expect(place.changes[0]!.map.peers.size).toBe(0);
    const control = a.get(StaticControl);
    control.setPeer(PEERS.b);
    expect(control.applyUapi(`set=1\nprivate_key=${B.privateKey.revealHex()}\n`)).toBe(0);
    expect(place.last).toEqual({ set: [], removed: [idOf(B)], self: false });
  });

  test('the configuration reads back as it was given', async () => {
    const a = await new Place().start(CONFIG);
    const control = a.get(StaticControl);
    const before = control.uapi();
    control.update({ privateKey: null });
    control.update({ ...CONFIG });
    expect(control.uapi()).toBe(before);
    const { config } = control;
    control.update({ privateKey: null });
    control.update(config);
    expect(control.uapi()).toBe(before);
    expect(control.config.peers?.map(({ name, endpoint }) => [name, endpoint])).toEqual([
      ['bee', 'mem:b'],
      ['sea', '192.0.2.3:51820'],
    ]);
    expect(JSON.stringify(config)).not.toContain(A.privateKey.revealBase64());
  });
});

/** A resolver that knows what it is told, and counts. */
class Names implements HostLookup {
  readonly asked: string[] = [];
  readonly known = new Map<string, readonly string[]>();

  async lookup(host: string): Promise<readonly string[]> {
    this.asked.push(host);
    const addresses = this.known.get(host);
    if (addresses === undefined) throw new Error('ENOTFOUND');
    return addresses;
  }
}

const NAMED: StaticConfig = { ...CONFIG, peers: [{ ...PEERS.b, endpoint: 'vpn.example.org:51820' }, PEERS.c] };

describe('host names of endpoints', () => {
  test('are resolved after start, and every address is a place to try', async () => {
    const place = new Place();
    const names = new Names();
    names.known.set('vpn.example.org', ['192.0.2.9', '2001:DB8::9', 'nonsense']);
    await place.start(NAMED, 'a', names);
    await place.clock.advanceAsync(0);
    expect(place.changes.at(-1)!.map.peers.get(idOf(B))?.endpoints).toEqual(['udp:192.0.2.9:51820', 'udp:[2001:db8::9]:51820']);
  });

  test('that do not resolve are health, and are asked for again ever less often', async () => {
    const place = new Place();
    const names = new Names();
    const a = await place.start(NAMED, 'a', names);
    await place.clock.advanceAsync(7_500);
    expect(names.asked.length).toBe(4);
    const shown = a.status().plugins.find(({ name }) => name === '@heddle/control-static')!.health;
    expect(shown).toMatchObject({ ok: false, code: 'HEDDLE_STATIC_UNRESOLVED' });
    expect(shown.text).toContain('vpn.example.org');
    names.known.set('vpn.example.org', ['192.0.2.9']);
    await place.clock.advanceAsync(60_000);
    expect(a.status().plugins.find(({ name }) => name === '@heddle/control-static')!.health.ok).toBe(true);
    expect(place.changes.at(-1)!.map.peers.get(idOf(B))?.endpoints).toEqual(['udp:192.0.2.9:51820']);
  });

  test('are asked for again by an update, and the old addresses stay where that fails', async () => {
    const place = new Place();
    const names = new Names();
    names.known.set('vpn.example.org', ['192.0.2.9']);
    const a = await place.start(NAMED, 'a', names);
    await place.clock.advanceAsync(0);
    names.known.set('vpn.example.org', ['192.0.2.10']);
    a.get(StaticControl).update(NAMED);
    await place.clock.advanceAsync(0);
    expect(place.changes.at(-1)!.map.peers.get(idOf(B))?.endpoints).toEqual(['udp:192.0.2.10:51820']);
    names.known.clear();
    a.get(StaticControl).update(NAMED);
    await place.clock.advanceAsync(10);
    expect(place.changes.at(-1)!.map.peers.get(idOf(B))?.endpoints).toEqual(['udp:192.0.2.10:51820']);
  });

  test('of a removed peer are no longer asked for, nor a fault', async () => {
    const place = new Place();
    const names = new Names();
    const a = await place.start(NAMED, 'a', names);
    await place.clock.advanceAsync(10);
    a.get(StaticControl).removePeer(idOf(B));
    const asked = names.asked.length;
    await place.clock.advanceAsync(60_000);
    expect(names.asked.length).toBe(asked);
    expect(a.status().plugins.find(({ name }) => name === '@heddle/control-static')!.health.ok).toBe(true);
  });

  test('that nobody answers count as unresolved, and leave no timer behind after close', async () => {
    const place = new Place();
    const a = await place.start(NAMED, 'a', { lookup: () => new Promise(() => {}) });
    await place.clock.advanceAsync(10_500);
    expect(a.status().plugins.find(({ name }) => name === '@heddle/control-static')!.health.code).toBe('HEDDLE_STATIC_UNRESOLVED');
    await a.close();
    expect(place.clock.pending).toBe(0);
  });

  test('need a HostLookup, and the error says so before anything is applied', async () => {
    await expect(new Place().start(NAMED)).rejects.toMatchObject({ cause: { code: 'HEDDLE_STATIC_NO_LOOKUP' } });
    const a = await new Place().start(CONFIG);
    const before = a.get(StaticControl).uapi();
    expect(() => a.get(StaticControl).update(NAMED)).toThrow('vpn.example.org');
    expect(() => a.get(StaticControl).setPeer(NAMED.peers![0]!)).toThrow('HostLookup');
    expect(a.get(StaticControl).uapi()).toBe(before);
  });
});
