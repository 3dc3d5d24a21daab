import { createNode, type Flow, type FlowError, Tokens } from '@heddle/core';
import { MemoryControl, MemoryNetwork, memory, memoryControl, memoryStack, SeededRandom, VirtualClock } from '@heddle/testing';
import { expect, test } from 'vitest';
import { netstack } from './index.js';

const BOB = '10.0.0.2';

async function pair() {
  const clock = new VirtualClock({ turn: () => new Promise((done) => setImmediate(done)) });
  const network = new MemoryNetwork({ delay: 10 });
  const make = (name: string, address: string) => {
    const control = new MemoryControl();
    const stack = netstack();
    const plugins = [memoryControl(control), memory({ network, name }), stack];
    return { name, address, control, stack, node: createNode({ hostname: name, clock, random: new SeededRandom(name) }, plugins) };
  };
  const ends = [make('alice', '10.0.0.1'), make('bob', BOB)] as const;
  await clock.settle(Promise.all(ends.map(({ node }) => node.start())));
  const peers = ends.map(({ name, address, node }) => ({
    id: name,
    name,
    nodeKey: node.get(Tokens.Identity).nodeKey!.publicKey,
    addresses: [address],
    allowedIps: [`${address}/32`],
    endpoints: [`mem:${name}`],
  }));
  for (const { name, address, control } of ends)
    control.set({ self: { name, addresses: [`${address}/24`] }, peers: peers.filter((peer) => peer.id !== name) });
  await clock.advanceAsync(0);
  const [alice, bob] = ends;
  return { clock, alice: alice.node, bob: bob.node, stack: bob.stack, close: () => Promise.all(ends.map(({ node }) => node.close())) };
}

/** What comes back of a text. */
function echoOf(flow: Flow, text: string): Promise<string> {
  const bytes = new Uint8Array(100);
  return new Promise((resolve) => {
    flow.on({ readable: () => resolve(new TextDecoder().decode(bytes.subarray(0, flow.read(bytes)))) });
    flow.write(new TextEncoder().encode(text));
  });
}

function echo(flow: Flow): void {
  const bytes = new Uint8Array(100);
  flow.on({ readable: () => flow.write(bytes.subarray(0, Math.max(0, flow.read(bytes)))) });
}

test('a netstack that takes the place of another listens where that one did; connections of the old one are reset', async () => {
  const { clock, alice, bob, stack, close } = await pair();
  const listener = await bob.flows.listen!({ port: 80 }, echo);
  const connect = (): Promise<Flow> => clock.settle(alice.flows.connect!({ address: BOB, port: 80 }, {}));
  const before = await connect();
  expect(await clock.settle(echoOf(before, 'old'))).toBe('old');
  const ended: (FlowError | undefined)[] = [];
  before.on({ closed: (error) => ended.push(error) });

  await clock.settle(bob.replace(stack, netstack()));
  expect(await clock.settle(echoOf(await connect(), 'new'))).toBe('new');
  before.write(Uint8Array.of(1));
  await clock.advanceAsync(1_000);
  expect([ended, listener.at.port]).toEqual([['reset'], 80]);
  await clock.settle(close());
});

test('a UDP port keeps its number over a Stack of another make, and a TCP port that this one cannot have is told', async () => {
  const { clock, alice, bob, stack, close } = await pair();
  const told: string[] = [];
  const listener = await bob.flows.listen!({ port: 80 }, echo);
  listener.on!({ closed: ({ message }) => told.push(message) });
  const served = await bob.flows.bindUdp!({ port: 7 }, (datagram, from) => void served.send(datagram, from));
  const unheard: number[] = [];
  served.on!({ error: (_, to) => unheard.push(to.port) });
  const answers: number[] = [];
  const asking = await alice.flows.bindUdp!({}, (datagram) => answers.push(datagram[0]!));

  for (const [n, next] of [undefined, memoryStack(), netstack()].entries()) {
    if (next !== undefined) await clock.settle(bob.replace(n === 1 ? stack : '@heddle/testing/memory-stack', next));
    expect(asking.send(Uint8Array.of(n), { address: BOB, port: 7 })).toBe(true);
    await clock.advanceAsync(100);
  }
  expect(answers).toEqual([0, 1, 2]);
  served.send(Uint8Array.of(9), { address: '10.0.0.1', port: 99 });
  await clock.advanceAsync(100);
  expect(unheard).toEqual([99]);
  expect(told).toEqual([expect.stringContaining('does not offer stack.tcp')]);
  await clock.settle(close());
});
