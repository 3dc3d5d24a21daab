import { type Bytes, type LocalEndpoint, PacketBatch, type PartContext, type RelayMap, SlabPool } from '@heddle/core';
import type { VirtualClock } from '@heddle/testing';
import {
  DERP_FRAME,
  DERP_LARGEST_PACKET,
  encodeDerpFrame,
  encodeDerpHealth,
  encodeDerpRestarting,
  encodeDerpServerKey,
  writeDerpHeader,
} from '@heddle/wire';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { DerpBind } from '../src/derp-bind.js';
import { type FakeIdentity, keyPair, RelayBench, region, relayMap } from './relay-bench.js';
import { hex } from './relay-server.js';

let bench: RelayBench;
let sides: Side[];
beforeEach(() => {
  bench = new RelayBench();
  sides = [];
});
afterEach(async () => {
  for (const { bind } of sides) await bind.close();
});

/** One Bind of a node, with what came of it. */
class Side {
  readonly name: string;
  readonly bind: DerpBind;
  readonly identity: FakeIdentity;
  readonly drops = new Map<string, number>();
  readonly got: string[] = [];
  readonly endpoints: string[] = [];
  health = 'ok';
  readonly #key: string;
  readonly pool = new SlabPool({ allocate: (size) => new Uint8Array(size), smallSlabs: 16, largeSlabs: 4, exhausted() {}, poison: true });

  constructor(name: string, relays?: RelayMap, host = bench.host(name)) {
    this.name = name;
    ({ bind: this.bind, identity: this.identity } = bench.bind(name, relays, host));
    this.#key = hex(keyPair(name).publicKey);
    sides.push(this);
  }

  async open(): Promise<this> {
    const silent = { debug() {}, info() {}, warn() {}, error() {} };
    const { net, clock } = bench;
    const drop = (reason: string, packets: number): void => void this.drops.set(reason, (this.drops.get(reason) ?? 0) + packets);
    const random = { fill: (into: Bytes) => net.random.fill(into) };
    const context: PartContext = { clock, random, pool: this.pool, log: silent, drop };
    this.bind.datagrams$.subscribe((batch) => {
      for (const packet of batch) this.got.push(`${batch.remote?.text.slice(0, 8)} ${new TextDecoder().decode(packet).slice(0, 20)}`);
    });
    this.bind.localEndpoints$.subscribe((list: readonly LocalEndpoint[]) => this.endpoints.push(...list.map(({ remote }) => remote.text)));
    this.bind.health$.subscribe(({ ok, code }) => {
      this.health = ok ? 'ok' : (code ?? 'unknown');
    });
    await this.bind.open(context, new AbortController().signal);
    return this;
  }

  send(to: Side, text: string, id = 900): number {
    const remote = this.bind.parse(`derp:${id}/${to.#key}`)!;
    return this.bind.send(remote, PacketBatch.from(remote, new TextEncoder().encode(text)));
  }

  /** The region where it says that it can be reached. */
  get home(): string | undefined {
    return this.endpoints.at(-1)?.split('/')[0];
  }
}

const clockOf = (): VirtualClock => bench.clock;
const pass = (milliseconds: number): Promise<void> => clockOf().advanceAsync(milliseconds);

describe('a Bind over relays', () => {
  test('tells where it can be reached once its relay has taken it in, and tells the relay that this is home', async () => {
    const relay = await bench.relay('r');
    const a = await new Side('a', relayMap([relay.node])).open();
    expect(a.endpoints).toEqual([]);
    await pass(100);
    expect(a.endpoints).toEqual([`derp:900/${hex(keyPair('a').publicKey)}`]);
    expect([...relay.server.clients.values()].map(({ home }) => home)).toEqual([true]);
  });

  test('packets of the first second wait for the relay, and leave as one write', async () => {
    const relay = await bench.relay('r', {}, 50);
    const map = relayMap([relay.node]);
    const b = await new Side('b', map).open();
    await pass(1_000);
    const a = await new Side('a', map).open();
    for (const text of ['one', 'two', 'three']) expect(a.send(b, text)).toBe(1);
    await pass(1_000);
    expect(b.got.map((text) => text.split(' ')[1])).toEqual(['one', 'two', 'three']);
  });

  test('a region is connected when somebody is to be reached there, and left after a minute without a packet; home stays', async () => {
    const [first, second] = [await bench.relay('r1'), await bench.relay('r2', {}, 40)];
    const map = relayMap([first.node], [second.node]);
    const a = await new Side('a', map).open();
    const b = await new Side('b', { regions: new Map([[901, map.regions.get(901)!]]) }).open();
    await pass(1_000);
    expect([first.server.clients.size, second.server.clients.size, a.home]).toEqual([1, 1, 'derp:900']);
    a.send(b, 'hello', 901);
    await pass(1_000);
    expect(b.got).toEqual(['derp:901 hello']);
    expect(second.server.clients.size).toBe(2);
    await pass(70_000);
    expect([first.server.clients.size, second.server.clients.size]).toEqual([1, 1]);
  });

  test('another node key is another client: it connects anew and says so', async () => {
    const relay = await bench.relay('r');
    const a = await new Side('a', relayMap([relay.node])).open();
    await pass(100);
    a.identity.nodeKey$.next(keyPair('new'));
    await pass(100);
    expect([...relay.server.clients.keys()]).toEqual([hex(keyPair('new').publicKey)]);
    expect(a.endpoints.at(-1)).toBe(`derp:900/${hex(keyPair('new').publicKey)}`);
  });

  test('a minute without traffic costs a dozen small questions, and no connection', async () => {
    const relay = await bench.relay('r');
    await new Side('a', relayMap([relay.node])).open();
    await pass(61_000);
    expect(relay.server.connections).toBe(1);
    const pings = [...relay.server.clients.values()][0]!.frames.filter((type) => type === DERP_FRAME.ping).length;
    expect(pings).toBeLessThanOrEqual(13);
  });
});

test('its numbers follow: connections by region, times that a relay took it in, and what broke', async () => {
  const [first, second] = [await bench.relay('r1'), await bench.relay('r2', {}, 40)];
  const a = await new Side('a', relayMap([first.node], [second.node])).open();
  expect(a.bind.numbers).toMatchObject({ connected: 0, home: undefined });
  await pass(1_000);
  a.send(a, 'x', 901);
  expect(a.bind.numbers!.links).toContainEqual({ region: 901, isReady: false, waiting: 1 });
  await pass(1_000);
  expect(a.bind.numbers).toMatchObject({ connected: 2, faults: 0, home: 900 });
  expect(a.bind.numbers!.links).toContainEqual({ region: 901, isReady: true, waiting: 0 });
  for (const client of first.server.clients.values()) client.flow.reset();
  await pass(5_000);
  expect(a.bind.numbers).toMatchObject({ connected: 3, faults: 1 });
});

describe('C13: the map of relays', () => {
  test('without a relay health says so, and a map that comes later is used', async () => {
    const relay = await bench.relay('r');
    const a = await new Side('a').open();
    await a.bind.configure({ relays: { regions: new Map() } });
    await pass(100);
    expect(a.health).toBe('HEDDLE_DERP_NO_RELAY');
    expect(a.send(a, 'x')).toBe(0);
    await a.bind.configure({ relays: relayMap([relay.node]) });
    await pass(100);
    expect([a.health, a.home]).toEqual(['ok', 'derp:900']);
  });

  test('a region that vanishes while it is home is left, and another one becomes home', async () => {
    const [first, second] = [await bench.relay('r1'), await bench.relay('r2', {}, 40)];
    const map = relayMap([first.node], [second.node]);
    const a = await new Side('a').open();
    await a.bind.configure({ relays: map });
    await pass(1_000);
    expect([a.home, second.server.connections]).toEqual(['derp:900', 0]);
    await a.bind.configure({ relays: { regions: new Map([[901, map.regions.get(901)!]]) } });
    await pass(3_000);
    expect([a.home, first.server.clients.size, second.server.clients.size]).toEqual(['derp:901', 0, 1]);
  });

  test('a map that says the same again touches no connection; a region that is described anew is connected anew', async () => {
    const relay = await bench.relay('r');
    const a = await new Side('a').open();
    await a.bind.configure({ relays: relayMap([relay.node]) });
    await pass(100);
    await a.bind.configure({ relays: relayMap([{ ...relay.node }]) });
    await pass(3_000);
    expect(relay.server.connections).toBe(1);
    await a.bind.configure({ relays: relayMap([{ ...relay.node, name: 'renamed' }]) });
    await pass(3_000);
    expect([relay.server.connections, relay.server.clients.size]).toEqual([2, 1]);
  });

  test('of 200 regions the nearest becomes home within two seconds', async () => {
    const near = await bench.relay('near');
    const regions = new Map(Array.from({ length: 200 }, (_, i) => [i + 1, region(i + 1, [{ ...near.node, ipv4: `198.51.100.${i + 1}` }])]));
    regions.set(77, region(77, [near.node]));
    const a = await new Side('a', { regions }).open();
    await pass(2_000);
    expect(a.home).toBe('derp:77');
  });
});

describe('a hostile or broken relay', () => {
  const packet = (length: number): Bytes => encodeDerpFrame(DERP_FRAME.recvPacket, new Uint8Array(32 + length));
  const announced = (type: number, length: number): Bytes => {
    const header = new Uint8Array(5);
    writeDerpHeader(header, 0, type, length);
    return header;
  };
  const greetings: Record<string, readonly Bytes[]> = {
    'a length of 4 GiB': [announced(DERP_FRAME.serverKey, 0xffff_ffff)],
    'a greeting of more than 1 MiB': [announced(DERP_FRAME.serverInfo, 1024 * 1024 + 1)],
    'a packet of more than 64 KiB': [announced(DERP_FRAME.recvPacket, 32 + DERP_LARGEST_PACKET + 1)],
    'a packet before its key': [packet(100)],
    'a packet before its greeting': [encodeDerpServerKey(keyPair('r').publicKey), packet(100)],
    'a greeting before its key': [encodeDerpFrame(DERP_FRAME.serverInfo, new Uint8Array(60))],
    'no magic': [encodeDerpFrame(DERP_FRAME.serverKey, new Uint8Array(40))],
  };

  test.each(Object.keys(greetings))(
    'D1: %s: the connection is closed within a second, nothing is delivered, and the next ones come ever later',
    async (which) => {
      const relay = await bench.relay('r', { greeting: () => greetings[which]! });
      const a = await new Side('a', relayMap([relay.node])).open();
      await pass(1_000);
      expect(relay.server.clients.size).toBe(0);
      expect(a.health).toBe('HEDDLE_DERP_BROKEN');
      await pass(60_000);
      expect(relay.server.connections).toBeLessThan(35);
      expect([a.got, a.endpoints]).toEqual([[], []]);
    },
  );

  test('D1: unknown frames and notices of peers are passed over', async () => {
    const relay = await bench.relay('r');
    const map = relayMap([relay.node]);
    const [a, b] = [await new Side('a', map).open(), await new Side('b', map).open()];
    await pass(100);
    relay.server.tell(encodeDerpFrame(0x77, new Uint8Array(300_000)));
    relay.server.tell(encodeDerpFrame(DERP_FRAME.peerPresent, new Uint8Array(51)));
    relay.server.tell(encodeDerpFrame(DERP_FRAME.keepAlive));
    a.send(b, 'still here');
    await pass(2_000);
    expect(b.got).toEqual(['derp:900 still here']);
    expect(relay.server.connections).toBe(2);
  });

  test('D2: what claims to come from ourselves is dropped and counted; a forged source is only a source', async () => {
    const relay = await bench.relay('r');
    const a = await new Side('a', relayMap([relay.node])).open();
    await pass(100);
    relay.server.tell(encodeDerpFrame(DERP_FRAME.recvPacket, keyPair('a').publicKey, Uint8Array.of(4, 0, 0, 0)));
    relay.server.tell(encodeDerpFrame(DERP_FRAME.recvPacket, keyPair('forged').publicKey, Uint8Array.of(65, 66)));
    await pass(100);
    expect(a.got).toEqual(['derp:900 AB']);
    expect(a.drops.get('relay-own-key')).toBe(1);
  });

  test('D3: a relay that stops reading gets a bounded queue whose oldest packets are dropped and counted; other regions go on', async () => {
    const state = { deaf: false };
    const [deaf, other] = [await bench.relay('deaf', { deaf: () => state.deaf }), await bench.relay('other', {}, 40)];
    const map = relayMap([deaf.node], [other.node]);
    const a = await new Side('a', map).open();
    const b = await new Side('b', { regions: new Map([[901, map.regions.get(901)!]]) }).open();
    await pass(1_000);
    state.deaf = true;
    for (let i = 0; i < 2_000; i++) a.send(b, `${i} ${'x'.repeat(1_000)}`, 900);
    await pass(100);
    const kept = 2_000 - (a.drops.get('relay-queue-full') ?? 0);
    // 256 wait; the rest of those kept is what the stream itself took: a window of 64 KiB.
    expect(kept).toBeLessThanOrEqual(256 + 64);
    expect(kept).toBeGreaterThanOrEqual(256);
    a.send(b, 'through the other', 901);
    await pass(500);
    expect(b.got.at(-1)).toBe('derp:901 through the other');
  });

  test('D4: a relay that falls silent is left, and another region is home within 15 seconds', async () => {
    const [silent, other] = [await bench.relay('silent'), await bench.relay('other', {}, 40)];
    const a = await new Side('a', relayMap([silent.node], [other.node])).open();
    await pass(1_000);
    expect(a.home).toBe('derp:900');
    silent.host.firewall.set({ streams: false });
    await pass(15_000);
    expect(a.home).toBe('derp:901');
    expect(a.health).toBe('ok');
  });

  test('D5: the relay of a region restarts: everybody is back within five seconds, and not all at once', async () => {
    const relay = await bench.relay('r');
    const map = relayMap([relay.node]);
    const nodes: Side[] = [];
    for (let i = 0; i < 20; i++) nodes.push(await new Side(`n${i}`, map).open());
    await pass(10_000);
    expect(relay.server.clients.size).toBe(20);
    relay.server.hangUp();
    await pass(50);
    expect(relay.server.connections).toBeLessThan(40);
    await pass(5_000);
    expect(relay.server.clients.size).toBe(20);
    expect(relay.server.connections).toBe(40);
  });

  test('D5: Restarting{in, tryFor} is honoured; Health is shown until it is taken back', async () => {
    const relay = await bench.relay('r');
    const a = await new Side('a', relayMap([relay.node])).open();
    await pass(100);
    relay.server.tell(encodeDerpHealth('duplicate \u001b[31mclient'));
    await pass(10);
    expect(a.health).toBe('HEDDLE_DERP_NOTICE');
    relay.server.tell(encodeDerpHealth(''));
    await pass(10);
    expect(a.health).toBe('ok');
    relay.server.tell(encodeDerpRestarting({ reconnectIn: 4_000, tryFor: 10_000 }));
    await pass(10);
    relay.server.hangUp();
    await pass(1_900);
    expect(relay.server.connections).toBe(1);
    await pass(2_300);
    expect(relay.server.connections).toBe(2);
  });

  test('D6: a web page, a refusal, another protocol: no DERP, and asked ever less often', async () => {
    for (const upgrade of [
      'HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<html>',
      'HTTP/1.1 407 Proxy\r\n\r\n',
      'SSH-2.0-OpenSSH\r\n',
    ]) {
      const relay = await bench.relay(`r${upgrade.length}`, { upgrade, greeting: () => [] });
      const a = await new Side(`a${upgrade.length}`, relayMap([relay.node])).open();
      await pass(30_000);
      expect(a.health).toBe('HEDDLE_DERP_NOT_DERP');
      expect(relay.server.connections).toBeLessThan(25);
    }
  });
});

describe('several relays', () => {
  test('the nodes of a region are tried in their order, also when the first one answers and speaks no DERP', async () => {
    const page = await bench.relay('page', { upgrade: 'HTTP/1.1 200 OK\r\n\r\n', greeting: () => [] });
    const good = await bench.relay('good');
    const gone = { ...page.node, derpPort: 9 };
    const a = await new Side('a', relayMap([{ ...page.node, stunOnly: true }, gone, page.node, good.node])).open();
    await pass(2_000);
    expect(a.home).toBe('derp:900');
    expect([page.server.connections, good.server.clients.size]).toEqual([1, 1]);
  });

  test('when home dies its neighbour becomes home at once, and peers are answered where they spoke from', async () => {
    const [first, second] = [await bench.relay('r1'), await bench.relay('r2', {}, 40)];
    const map = relayMap([first.node], [second.node]);
    const [a, b] = [await new Side('a', map).open(), await new Side('b', map).open()];
    await pass(1_000);
    await first.close();
    first.server.hangUp();
    await pass(2_000);
    expect([a.home, b.home]).toEqual(['derp:901', 'derp:901']);
    b.send(a, 'by the second', 901);
    await pass(500);
    a.send(b, 'answer', 900);
    await pass(500);
    expect(b.got).toEqual(['derp:901 answer']);
  });

  test('a nearer home that comes back is home again; the one in between is told so, and left', async () => {
    const [first, second] = [await bench.relay('r1'), await bench.relay('r2', {}, 40)];
    const a = await new Side('a', relayMap([first.node], [second.node])).open();
    await pass(1_000);
    await first.close();
    first.server.hangUp();
    await pass(2_000);
    expect([a.home, a.health]).toEqual(['derp:901', 'ok']);
    await first.host.streams.listen({ address: first.node.hostName, port: first.node.derpPort! }, first.server.accept);
    await pass(40_000);
    expect(a.home).toBe('derp:900');
    expect([...second.server.clients.values()].map(({ home }) => home)).toEqual([false]);
    await pass(70_000);
    expect([first.server.clients.size, second.server.clients.size]).toEqual([1, 0]);
  });

  test('a little jitter moves nobody: ten virtual minutes with one home', async () => {
    const [first, second] = [await bench.relay('r1', {}, 20), await bench.relay('r2', {}, 23)];
    const a = await new Side('a', relayMap([first.node], [second.node])).open();
    await pass(600_000);
    expect(new Set(a.endpoints).size).toBe(1);
  });
});
