import { createNode, type HeddleNode, type Peer, Tokens, through } from '@heddle/core';
import { expect, test } from 'vitest';
import { delay } from '../faults/single-faults.js';
import { EventLog } from '../log/event-log.js';
import { SeededRandom } from '../time/seeded-random.js';
import { VirtualClock } from '../time/virtual-clock.js';
import { memory } from './memory-bind.js';
import { MemoryControl, memoryControl } from './memory-control.js';
import { MemoryHost } from './memory-host.js';
import { MemoryNetwork } from './memory-network.js';
import { memoryStack } from './memory-stack.js';

/** A tailnet of memory nodes, each the peer of the next ones. */
class Tailnet {
  readonly clock = new VirtualClock({ turn: () => new Promise((done) => setImmediate(done)) });
  readonly log = new EventLog();
  readonly network = new MemoryNetwork({ delay: 10, log: this.log });
  readonly controls: MemoryControl[] = [];
  readonly hosts: MemoryHost[] = [];
  readonly nodes: HeddleNode[] = [];
  readonly stacks: ReturnType<typeof memoryStack>[] = [];

  constructor(
    size: number,
    readonly seed: number | string = 1,
  ) {
    for (let i = 0; i < size; i++) this.#add(i);
  }

  async start(neighbours = this.nodes.length): Promise<this> {
    await this.clock.settle(Promise.all(this.nodes.map((node) => node.start())));
    const peers = this.nodes.map((node, i) => this.#peer(node, i));
    this.controls.forEach((control, i) => {
      control.set({
        self: { name: `n${i}`, addresses: [`${address(i)}/16`] },
        peers: peers.filter((_, k) => k !== i && Math.abs(k - i) <= neighbours),
      });
    });
    await this.clock.advanceAsync(0);
    return this;
  }

  close(): Promise<unknown> {
    return this.clock.settle(Promise.all(this.nodes.map((node) => node.close())));
  }

  #add(i: number): void {
    const [control, host] = [new MemoryControl(), new MemoryHost()];
    const stack = memoryStack({ host });
    const random = new SeededRandom(this.seed).fork(`n${i}`);
    const { clock, network } = this;
    this.controls.push(control);
    this.hosts.push(host);
    this.stacks.push(stack);
    this.nodes.push(createNode({ hostname: `n${i}`, clock, random }, [memoryControl(control), memory({ network, name: `n${i}` }), stack]));
  }

  #peer(node: HeddleNode, i: number): Peer {
    const nodeKey = node.get(Tokens.Identity).nodeKey!.publicKey;
    return { id: `n${i}`, name: `n${i}`, nodeKey, addresses: [address(i)], allowedIps: [`${address(i)}/32`], endpoints: [`mem:n${i}`] };
  }
}

function address(i: number): string {
  return `10.0.${i >> 8}.${i & 255}`;
}

test('two memory nodes ping each other by name', async () => {
  const net = await new Tailnet(2).start();
  expect(await net.clock.settle(net.nodes[0]!.ping('n1'))).toBe(40);
  expect(await net.clock.settle(net.nodes[1]!.ping('n0'))).toBe(20);
  await net.close();
});

test("what waits for a peer without a path goes as soon as there is one, not at WireGuard's next try", async () => {
  const net = await new Tailnet(2).start();
  const nodeKey = net.nodes[1]!.get(Tokens.Identity).nodeKey!.publicKey;
  const late: Peer = { id: 'late', name: 'late', nodeKey, addresses: [address(1)], allowedIps: [`${address(1)}/32`], endpoints: [] };
  net.controls[0]!.patch({ set: [late], removed: ['n1'] });
  const ping = net.nodes[0]!.ping('late');
  await net.clock.advanceAsync(300);
  net.controls[0]!.patch({ set: [{ ...late, endpoints: ['mem:n1'] }] });
  expect(await net.clock.settle(ping)).toBe(340);
  await net.close();
});

test('the same seed gives the same log, another one does not: keys, handshakes and pings included', async () => {
  const run = async (seed: number): Promise<string> => {
    const net = await new Tailnet(3, seed).start();
    for (const from of net.nodes)
      for (const to of ['n0', 'n1', 'n2']) if (from.status().hostname !== to) await net.clock.settle(from.ping(to));
    await net.close();
    return `${net.log.count} ${net.log.hash}`;
  };
  const first = await run(1);
  expect(await run(1)).toBe(first);
  expect(await run(2)).not.toBe(first);
});

test('a swap of Bind and Stack under traffic loses no flow', async () => {
  const net = await new Tailnet(2).start();
  const [a, b] = [net.nodes[0]!, net.nodes[1]!];
  const echoed: number[] = [];
  const server = await net.hosts[1]!.bindUdp({ port: 7 }, (datagram, from) => server.send(datagram, from));
  const client = await net.hosts[0]!.bindUdp({ port: 9 }, (datagram) => echoed.push(datagram[0]!));
  await net.clock.settle(a.ping('n1'));
  const send = (from: number, to: number): void => {
    for (let n = from; n < to; n++)
      net.clock.at(net.clock.now() + n - from, () => client.send(Uint8Array.of(n), { address: address(1), port: 7 }));
  };
  const ping = a.ping('n1');
  send(0, 100);
  await net.clock.settle(a.replace('@heddle/testing/mem', through(memory({ network: net.network, name: 'n0' }), delay(1))));
  await net.clock.settle(a.replace(net.stacks[0]!, memoryStack({ host: net.hosts[0]! })));
  await net.clock.settle(b.replace(net.stacks[1]!, memoryStack({ host: net.hosts[1]! })));
  await net.clock.advanceAsync(500);
  expect(await net.clock.settle(ping)).toBeGreaterThan(0);
  expect(echoed).toEqual([...Array(100).keys()]);
  await net.close();
});

test('10 virtual minutes of 100 idle memory nodes with sessions take at most 2 s', async () => {
  const net = await new Tailnet(100).start(5);
  await net.clock.settle(Promise.all(net.nodes.map((node, i) => node.ping(`n${i < 99 ? i + 1 : 98}`))));
  const before = process.cpuUsage();
  await net.clock.advanceAsync(600_000);
  const { user, system } = process.cpuUsage(before);
  expect((user + system) / 1000).toBeLessThan(2_000);
  await net.close();
  expect(net.clock.pending).toBe(0);
});
