import { type Bytes, type Flow, PacketBatch, type PartContext, type RelayMap, type RelayNode, SlabPool } from '@heddle/core';
import type { SimHost } from '@heddle/testing';
import { DERP_FRAME, encodeDerpFrame, writeDerpHeader } from '@heddle/wire';
import { afterEach, expect, test } from 'vitest';
import type { DerpBind } from '../src/derp-bind.js';
import { plainStreams, type RelayStreams } from '../src/relay/relay-streams.js';
import { keyPair, RelayBench, relayMap } from './relay-bench.js';
import { hex } from './relay-server.js';

let binds: DerpBind[] = [];
afterEach(async () => {
  for (const bind of binds) await bind.close();
  binds = [];
});

interface Watched {
  readonly bind: DerpBind;
  readonly homes: string[];
  readonly got: string[];
}

/** A Bind of a node, and where it says that it can be reached. */
async function node(bench: RelayBench, name: string, relays: RelayMap, streams?: (host: SimHost) => RelayStreams): Promise<Watched> {
  const host = bench.host(name);
  const { bind } = bench.bind(name, relays, host, streams?.(host));
  binds.push(bind);
  const [homes, got]: [string[], string[]] = [[], []];
  const pool = new SlabPool({ allocate: (size) => new Uint8Array(size), smallSlabs: 16, largeSlabs: 4, exhausted() {} });
  const log = { debug() {}, info() {}, warn() {}, error() {} };
  const context: PartContext = { clock: bench.clock, random: bench.net.random, pool, log, drop() {} };
  bind.datagrams$.subscribe((batch) => {
    for (const packet of batch) got.push(new TextDecoder().decode(packet));
  });
  bind.localEndpoints$.subscribe((list) => homes.push(...list.map(({ remote }) => remote.text.slice(5, 8))));
  await bind.open(context, new AbortController().signal);
  return { bind, homes, got };
}

/** Says a byte a second, for ever. */
function dribble(bench: RelayBench, flow: Flow, bytes: Bytes): void {
  let said = 0;
  const more = (): void => {
    flow.write(bytes.subarray(said, said + 1));
    said += 1;
    bench.clock.at(bench.clock.now() + 1_000, more);
  };
  more();
}

/** The first host of the bench, with a server of another kind. */
async function listen(bench: RelayBench, accept: (flow: Flow) => void): Promise<RelayNode> {
  const [place, port] = ['192.0.2.1', 3340];
  await bench.host('odd').streams.listen({ address: place, port }, accept);
  return { name: 'odd', hostName: place, ipv4: place, derpPort: port };
}

test('D4: a relay that dribbles a frame and answers nothing is left, as a silent one', async () => {
  const bench = new RelayBench();
  const state = { mute: false };
  const near = await bench.relay('near', { mute: () => state.mute });
  const far = await bench.relay('far', {}, 20);
  const a = await node(bench, 'a', relayMap([near.node], [far.node]));
  await bench.clock.advanceAsync(5_000);
  expect(a.homes.at(-1)).toBe('900');
  state.mute = true;
  const frame = new Uint8Array(40_000);
  writeDerpHeader(frame, 0, DERP_FRAME.recvPacket, 39_995);
  for (const client of near.server.clients.values()) dribble(bench, client.flow, frame);
  await bench.clock.advanceAsync(15_000);
  expect(a.homes.at(-1)).toBe('901');
});

test.each(['says nothing', 'dribbles its answer', 'dribbles its first frame'])(
  'D4: a relay that takes connections and %s keeps nobody from another one',
  async (what) => {
    const bench = new RelayBench();
    const odd = await listen(bench, (flow) => {
      if (what === 'says nothing') return;
      const head = 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: DERP\r\nConnection: Upgrade\r\n\r\n';
      const text = new TextEncoder().encode(head);
      if (what === 'dribbles its answer') return dribble(bench, flow, text);
      flow.write(text);
      dribble(bench, flow, encodeDerpFrame(DERP_FRAME.serverKey, new Uint8Array(200)));
    });
    const good = await bench.relay('good', {}, 20);
    const a = await node(bench, 'a', relayMap([odd], [good.node]));
    const b = await node(bench, 'b', relayMap([odd], [good.node]));
    await bench.clock.advanceAsync(15_000);
    expect([a.homes.at(-1), b.homes.at(-1)]).toEqual(['901', '901']);
    const remote = a.bind.parse(`derp:901/${hex(keyPair('b').publicKey)}`)!;
    a.bind.send(remote, PacketBatch.from(remote, new TextEncoder().encode('hello')));
    await bench.clock.advanceAsync(1_000);
    expect(b.got).toEqual(['hello']);
  },
);

test.each([
  ['that is waited for', 6_000, '901'],
  ['that is not', undefined, undefined],
] as const)('D6: what stands between takes three seconds, %s', async (_, connectWithin, home) => {
  const bench = new RelayBench();
  const [far, near] = [await bench.relay('far', {}, 40), await bench.relay('near')];
  const slow = ({ streams }: SimHost): RelayStreams => ({
    connectWithin,
    async open(to, signal, connected) {
      await new Promise<void>((done) => bench.clock.at(bench.clock.now() + 3_000, done));
      return plainStreams(streams).open(to, signal, connected);
    },
  });
  const a = await node(bench, 'a', relayMap([far.node], [near.node]), slow);
  await bench.clock.advanceAsync(15_000);
  expect(a.homes.at(-1)).toBe(home);
});

test('D1: a flood of pings is answered sparingly, and packets go on', async () => {
  const bench = new RelayBench();
  const relay = await bench.relay('relay');
  const a = await node(bench, 'a', relayMap([relay.node]));
  const b = await node(bench, 'b', relayMap([relay.node]));
  await bench.clock.advanceAsync(3_000);
  const ping = encodeDerpFrame(DERP_FRAME.ping, new Uint8Array(8));
  const flood = new Uint8Array(ping.length * 1_000);
  for (let i = 0; i < 1_000; i++) flood.set(ping, i * ping.length);
  const client = relay.server.clients.get(hex(keyPair('a').publicKey))!;
  const before = client.frames.length;
  for (let i = 0; i < 10; i++) client.write(flood);
  await bench.clock.advanceAsync(1_000);
  expect(client.frames.length - before).toBeLessThan(100);
  const remote = a.bind.parse(`derp:900/${hex(keyPair('b').publicKey)}`)!;
  a.bind.send(remote, PacketBatch.from(remote, new TextEncoder().encode('hello')));
  await bench.clock.advanceAsync(1_000);
  expect(b.got).toEqual(['hello']);
});

test('C13: hundreds of regions bring no warning into the process', async () => {
  const warnings: string[] = [];
  const warned = ({ message }: Error): void => void warnings.push(message);
  process.on('warning', warned);
  const bench = new RelayBench();
  const { node: place } = await bench.relay('relay');
  await node(bench, 'a', relayMap(...Array.from({ length: 200 }, () => [place])));
  await bench.clock.advanceAsync(5_000);
  await new Promise((done) => setImmediate(done));
  process.off('warning', warned);
  expect(warnings).toEqual([]);
});
