import { type Address, createNode, type FlowLayer, type Plugin } from '@heddle/core';
import { expect, test } from 'vitest';
import { gadget, Journal, stack } from './fake-parts.js';

const PEER: Address = { address: '10.0.0.2', port: 1 };

/** What a Stack of a test was asked to open, in order, and whom it would hand datagrams to. */
class Ports {
  readonly events: string[] = [];
  readonly receivers = new Map<number, (datagram: Uint8Array, from: Address) => void>();
  refuses = false;
  readonly flows: FlowLayer = {
    listen: async (at) => this.#open('tcp', at.address, at.port || 40_000),
    bindUdp: async (at, receive) => {
      const port = this.#open('udp', at.address, at.port || 50_000);
      this.receivers.set(port.at.port, receive);
      return { ...port, send: (datagram) => this.events.push(`send ${datagram.length}`) > 0 };
    },
  };

  #open(what: string, address = '0.0.0.0', port: number) {
    if (this.refuses) throw Object.assign(new Error(`${what} ${port} is taken`), { code: 'EADDRINUSE' });
    this.events.push(`open ${what} ${address} ${port}`);
    return { at: { address, port }, close: async () => void this.events.push(`close ${what} ${port}`) };
  }
}

const journal = new Journal();

function stackOf(name: string, ports: Ports): Plugin {
  return { ...stack(journal, name, {}, ports.flows), offers: ['stack.tcp', 'stack.udp'] };
}

async function scene() {
  const [before, after] = [new Ports(), new Ports()];
  const node = createNode({}, [stackOf('before', before), gadget(journal)]);
  await node.start();
  return { node, before, after };
}

test('ports go over to the Stack that takes the place of another, under the numbers that they had', async () => {
  const { node, before, after } = await scene();
  const listener = await node.flows.listen!({ port: 0, address: '10.0.0.1' }, () => {});
  const heard: number[] = [];
  const udp = await node.flows.bindUdp!({}, (datagram) => heard.push(datagram.length));
  await node.replace('before', stackOf('after', after));
  expect(before.events.slice(2).toSorted()).toEqual(['close tcp 40000', 'close udp 50000']);
  expect(after.events).toEqual(['open tcp 10.0.0.1 40000', 'open udp 0.0.0.0 50000']);
  expect([listener.at.port, udp.at.port]).toEqual([40_000, 50_000]);
  after.receivers.get(50_000)!(new Uint8Array(3), PEER);
  expect([udp.send(new Uint8Array(5), PEER), heard]).toEqual([true, [3]]);
  await node.close();
});

test('what was closed is not opened again', async () => {
  const { node, before, after } = await scene();
  const listener = await node.flows.listen!({ port: 80 }, () => {});
  await listener.close();
  await listener.close();
  await node.replace('before', stackOf('after', after));
  expect([before.events, after.events]).toEqual([['open tcp 0.0.0.0 80', 'close tcp 80'], []]);
  await node.close();
});

test('without a Stack a port waits for the next: it takes no datagrams meanwhile', async () => {
  const { node, before, after } = await scene();
  const udp = await node.flows.bindUdp!({ port: 53 }, () => {});
  await node.remove('before');
  expect([before.events.at(-1), udp.send(new Uint8Array(1), PEER), udp.at.port]).toEqual(['close udp 53', false, 53]);
  await node.add(stackOf('after', after));
  expect([udp.send(new Uint8Array(1), PEER), after.events]).toEqual([true, ['open udp 0.0.0.0 53', 'send 1']]);
  await node.close();
  expect(after.events.at(-1)).toBe('close udp 53');
});

test('a port that the new Stack does not open is told closed, once, and the exchange goes on', async () => {
  const { node, after } = await scene();
  const told: unknown[] = [];
  const listener = await node.flows.listen!({ port: 80 }, () => {});
  const udp = await node.flows.bindUdp!({ port: 53 }, () => {});
  listener.on!({ closed: (error) => told.push(error.message) });
  udp.on!({ closed: (error) => told.push(error.message) });
  after.refuses = true;
  await node.replace('before', stackOf('after', after));
  expect(told).toEqual(['tcp 80 is taken', 'udp 53 is taken']);
  after.refuses = false;
  await node.replace('after', stackOf('again', after));
  expect([after.events, told.length, udp.send(new Uint8Array(1), PEER)]).toEqual([[], 2, false]);
  await node.close();
});

test('a port that the Stack itself loses is told closed, and is not opened again', async () => {
  const { node, before, after } = await scene();
  let lose = (_error: Error): void => {};
  const { listen } = before.flows;
  const losing: FlowLayer['listen'] = async (...call) => ({
    ...(await listen!(...call)),
    on: (events) => {
      lose = events.closed!;
    },
  });
  Object.assign(before.flows, { listen: losing });
  const told: unknown[] = [];
  const listener = await node.flows.listen!({ port: 80 }, () => {});
  listener.on!({ closed: ({ message }) => told.push(message) });
  lose(new Error('the interface is gone'));
  await node.replace('before', stackOf('after', after));
  expect([told, after.events]).toEqual([['the interface is gone'], []]);
  await node.close();
});

test('a Stack without ports ends them, with an error that names it', async () => {
  const { node } = await scene();
  const told: unknown[] = [];
  const listener = await node.flows.listen!({ port: 80 }, () => {});
  listener.on!({ closed: (error) => told.push(error) });
  await node.replace('before', stack(journal, 'bare'));
  expect(told).toMatchObject([{ code: 'HEDDLE_UNSUPPORTED', message: expect.stringContaining('the Stack of bare') }]);
  await node.close();
});

test('a Stack that does not start leaves the ports where they were', async () => {
  const { node, before } = await scene();
  await node.flows.listen!({ port: 80 }, () => {});
  await expect(node.replace('before', stack(journal, 'broken', { open: 'throws' }))).rejects.toMatchObject({ code: 'HEDDLE_START_FAILED' });
  expect(before.events).toEqual(['open tcp 0.0.0.0 80']);
  await node.close();
});

test('a port that is asked for while the Stack is exchanged ends up on the new one', async () => {
  const { node, before, after } = await scene();
  const { listen } = before.flows;
  let go = (): void => {};
  const held = new Promise<void>((resolve) => {
    go = resolve;
  });
  Object.assign(before.flows, { listen: async (...call: Parameters<NonNullable<typeof listen>>) => held.then(() => listen!(...call)) });
  const opening = node.flows.listen!({ port: 80 }, () => {});
  await node.replace('before', stackOf('after', after));
  go();
  await opening;
  expect([before.events, after.events]).toEqual([['open tcp 0.0.0.0 80', 'close tcp 80'], ['open tcp 0.0.0.0 80']]);
  await node.close();
});
