import {
  createNode,
  defineBind,
  definePlugin,
  type HeddleNode,
  type Middleware,
  PacketBatch,
  PacketStream,
  type Plugin,
  provideBind,
  type Remote,
} from '@heddle/core';
import { MemoryNetwork, memory, memoryStack, SeededRandom, VirtualClock } from '@heddle/testing';
import { expect, test } from 'vitest';
import { startMesh } from './mesh.js';
import { members, staticPeers } from './static-peers.js';

async function started(parts: readonly Plugin[]): Promise<{ node: HeddleNode; clock: VirtualClock; address: string }> {
  const clock = new VirtualClock({ turn: () => new Promise((done) => setImmediate(done)) });
  const all = members(2);
  const node = createNode({ clock, random: new SeededRandom(5), poison: true }, [staticPeers(all[0]!, all), ...parts]);
  await clock.settle(node.start());
  return { node, clock, address: all[1]!.address };
}

const junk = (n: number): Uint8Array => new Uint8Array(64).fill(n);

test('G6: a Stack whose deliver throws and a Bind whose send throws are named in health, and the node goes on', async () => {
  const faulty = defineBind<void>({
    scheme: 'mem',
    open: () => {},
    close: () => {},
    parse: (rest) => ({ id: new Uint8Array(1), limitKey: rest }),
    send: () => {
      throw new Error('send is broken');
    },
  });
  const { node, clock, address } = await started([
    definePlugin({ name: 'faulty-bind', provides: [provideBind('mem', [], () => faulty)] }),
    memoryStack(),
  ]);
  const ping = node.ping(address, { signal: AbortSignal.abort() }).catch(() => {});
  void node.flows.ping!(address, {}).catch(() => {});
  await clock.advanceAsync(30_000);
  await ping;
  expect(node.status().plugins.find((plugin) => plugin.name === 'faulty-bind')?.health).toMatchObject({
    ok: false,
    code: 'HEDDLE_PLUGIN_FAULT',
  });
  expect(node.status().drops['bind-fault']).toBeGreaterThan(3);
  expect(node.status().life).toBe('running');
  await clock.settle(node.close());
});

test('a Bind that echoes 100,000 datagrams with zero delay, in the stack of send, neither overflows it nor stops the node', async () => {
  let echoes = 0;
  const reflecting: Middleware = {
    bind: (inner) => {
      const back = new PacketStream<PacketBatch>();
      inner.datagrams$.subscribe((batch) => back.emit(batch));
      const send = (to: Remote, batch: PacketBatch): number => {
        for (let i = 0; i < 50; i++) back.emit(PacketBatch.from(to, ...batch));
        echoes += 50 * batch.count;
        return inner.send(to, batch);
      };
      return {
        ...inner,
        datagrams$: back.stream$,
        send,
        open: (c, s) => inner.open(c, s),
        close: () => inner.close(),
        parse: (t) => inner.parse(t),
      };
    },
  };
  const { nodes, clock, all, close } = await startMesh(2, { middleware: [reflecting] });
  const port = await nodes[0]!.flows.bindUdp!({}, () => {});
  for (let i = 0; echoes < 100_000; i++) {
    port.send(new Uint8Array(8), { address: all[1]!.address, port: 9 });
    if (i % 50 === 0) await clock.advanceAsync(10);
  }
  await clock.settle(nodes[0]!.ping('n1'));
  const { drops, life } = nodes[0]!.status();
  expect(life).toBe('running');
  expect((drops['queue-full'] ?? 0) + drops['unknown-index']!).toBeGreaterThan(90_000);
  await close();
});

test('a sender that reuses its buffer at once, and garbage from the network, harm nobody', async () => {
  const network = new MemoryNetwork();
  const { node, clock } = await started([memory({ network, name: 'n0' }), memoryStack()]);
  const stranger = network.attach('stranger', { clock, receive: () => {} });
  const batch = PacketBatch.of(junk(1), junk(2), junk(4));
  stranger.send('n0', batch);
  batch.slab.fill(0xff);
  await clock.advanceAsync(10);
  expect(node.status().drops).toMatchObject({ 'unknown-type': 3 });
  await clock.settle(node.close());
});
