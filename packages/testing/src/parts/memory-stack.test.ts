import { PacketBatch, type Stack } from '@heddle/core';
import { decodeEcho, decodeIpv4, encodeEcho, formatAddress, parseAddress } from '@heddle/wire';
import { expect, test } from 'vitest';
import { PoisonContext } from '../rules/foundation/poison-context.js';
import { VirtualClock } from '../time/virtual-clock.js';
import { MemoryHost } from './memory-host.js';
import { MemoryStack } from './memory-stack.js';

const CONFIG = {
  a: { addresses: ['10.0.0.1/24', 'fd00::1/64', '10.9.0.1/32'], routes: ['10.1.0.0/16'], mtu: 1280 },
  b: { addresses: ['10.0.0.2/24', 'fd00::2/64'], routes: [], mtu: 1280 },
};

/** Two Stacks whose packets reach each other after 5 ms. */
class Tunnel {
  readonly clock = new VirtualClock();
  readonly context = { a: new PoisonContext(this.clock, 1), b: new PoisonContext(this.clock, 2) };
  readonly packets: Uint8Array[] = [];

  async join(a: Stack, b: Stack): Promise<this> {
    await this.start(a, 'a');
    await this.start(b, 'b');
    this.wire(a, b);
    this.wire(b, a);
    return this;
  }

  async start(stack: Stack, name: 'a' | 'b'): Promise<void> {
    await stack.open(this.context[name], new AbortController().signal);
    await stack.configure(CONFIG[name]);
  }

  wire(from: Stack, to: Stack): void {
    from.packets$.subscribe((batch) => {
      const copies = [...batch].map((packet) => packet.slice());
      this.packets.push(...copies);
      this.clock.at(this.clock.now() + 5, () => to.deliver(PacketBatch.of(...copies)));
    });
  }
}

async function tunnel(a = new MemoryStack(), b = new MemoryStack()): Promise<{ net: Tunnel; a: MemoryStack; b: MemoryStack }> {
  return { net: await new Tunnel().join(a, b), a, b };
}

function ping(source: string, destination: string, sequence: number): Uint8Array {
  const data = new Uint8Array(32).fill(sequence);
  const [from, to] = [parseAddress(source)!, parseAddress(destination)!];
  return encodeEcho({ kind: 'echo-request', source: from, destination: to, identifier: 9, sequence, data });
}

for (const address of ['10.0.0.2', 'fd00::2']) {
  test(`a ping of ${address} comes back and tells the round trip`, async () => {
    const { net, a } = await tunnel();
    const time = await net.clock.settle(a.flows.ping!(address, {}));
    expect(time).toBe(10);
    expect(net.context.a.held ?? net.context.b.held).toBeUndefined();
  });
}

test('a batch of echo requests is answered by a batch of replies in their order', async () => {
  const { net, b } = await tunnel();
  b.deliver(PacketBatch.of(...[1, 2, 3].map((n) => ping('10.0.0.1', '10.0.0.2', n))));
  expect(net.packets.map((packet) => decodeEcho(packet)?.sequence)).toEqual([1, 2, 3]);
  expect(net.packets.map((packet) => decodeEcho(packet)?.kind)).toEqual(['echo-reply', 'echo-reply', 'echo-reply']);
});

test('the batch that is delivered stays as it was', async () => {
  const { b } = await tunnel();
  const request = ping('10.0.0.1', '10.0.0.2', 1);
  const batch = PacketBatch.of(request);
  b.deliver(batch);
  expect(batch.packet(0)).toEqual(request);
});

test('a broken checksum, another destination or no IP at all is dropped and counted', async () => {
  const { net, b } = await tunnel();
  const broken = ping('10.0.0.1', '10.0.0.2', 1);
  broken[25]! ^= 1;
  expect(b.deliver(PacketBatch.of(broken, ping('10.0.0.1', '10.0.0.3', 1), Uint8Array.of(1, 2, 3)))).toBe(3);
  expect(net.packets).toEqual([]);
  expect(net.context.b.dropped).toBe(3);
});

test('datagrams go both ways over IPv4 and IPv6, with right checksums', async () => {
  const { net, a, b } = await tunnel();
  const seen: string[] = [];
  const server = await b.flows.bindUdp!({ port: 53 }, (datagram, from) => {
    seen.push(`${from.address} ${datagram.join('.')}`);
    server.send(Uint8Array.of(99), from);
  });
  const client = await a.flows.bindUdp!({}, (datagram, from) => seen.push(`${from.address}:${from.port} ${datagram.join('.')}`));
  expect(client.at.port).toBeGreaterThanOrEqual(49_152);
  expect(client.send(Uint8Array.of(1, 2), { address: '10.0.0.2', port: 53 })).toBe(true);
  expect(client.send(Uint8Array.of(3), { address: 'fd00::2', port: 53 })).toBe(true);
  net.clock.advance(20);
  expect(seen).toEqual(['10.0.0.1 1.2', 'fd00::1 3', '10.0.0.2:53 99', 'fd00::2:53 99']);
  expect(net.context.b.dropped).toBe(0);
});

test('the source is the own address whose prefix fits closest; the first one for what only a route covers', async () => {
  const { net, a } = await tunnel();
  const port = await a.flows.bindUdp!({}, () => {});
  port.send(new Uint8Array(1), { address: '10.0.0.9', port: 1 });
  port.send(new Uint8Array(1), { address: '10.1.2.3', port: 1 });
  expect(net.packets.map((packet) => formatAddress(decodeIpv4(packet)!.source))).toEqual(['10.0.0.1', '10.0.0.1']);
  const bound = await a.flows.bindUdp!({ address: '10.9.0.1' }, () => {});
  bound.send(new Uint8Array(1), { address: '10.0.0.9', port: 1 });
  expect(formatAddress(decodeIpv4(net.packets[2]!)!.source)).toBe('10.9.0.1');
});

test('send says false without a route, over the MTU and after close; ping rejects without a route', async () => {
  const { a } = await tunnel();
  const port = await a.flows.bindUdp!({ port: 7 }, () => {});
  expect(port.send(new Uint8Array(1), { address: '172.16.0.1', port: 1 })).toBe(false);
  expect(port.send(new Uint8Array(1280 - 27), { address: '10.0.0.2', port: 1 })).toBe(false);
  expect(port.send(new Uint8Array(1280 - 28), { address: '10.0.0.2', port: 1 })).toBe(true);
  await port.close();
  expect(port.send(new Uint8Array(1), { address: '10.0.0.2', port: 1 })).toBe(false);
  await expect(a.flows.ping!('172.16.0.1', {})).rejects.toMatchObject({ code: 'ENETUNREACH' });
  await expect(a.flows.ping!('nonsense', {})).rejects.toMatchObject({ code: 'HEDDLE_BAD_ADDRESS' });
});

test('a port that is taken is refused, and free again after close', async () => {
  const { a } = await tunnel();
  const port = await a.flows.bindUdp!({ port: 7 }, () => {});
  await expect(a.flows.bindUdp!({ port: 7 }, () => {})).rejects.toMatchObject({ code: 'EADDRINUSE' });
  await port.close();
  await a.flows.bindUdp!({ port: 7 }, () => {});
});

test('a ping that nobody answers ends with its signal, and all end when the Stack closes', async () => {
  const { net, a } = await tunnel();
  const abort = new AbortController();
  const aborted = a.flows.ping!('10.0.0.77', { signal: abort.signal });
  const left = a.flows.ping!('10.0.0.77', {});
  left.catch(() => {});
  net.clock.advance(60_000);
  abort.abort(new Error('enough'));
  await expect(aborted).rejects.toThrow('enough');
  await a.close();
  await expect(left).rejects.toMatchObject({ code: 'HEDDLE_NOT_RUNNING' });
});

test('while paused nothing is emitted, the first packets are held back in order, the rest are counted', async () => {
  const { net, b } = await tunnel(new MemoryStack(), new MemoryStack({ queue: 3 }));
  b.pause(true);
  for (let n = 1; n <= 5; n++) b.deliver(PacketBatch.of(ping('10.0.0.1', '10.0.0.2', n)));
  expect(net.packets).toEqual([]);
  expect(net.context.b.dropped).toBe(2);
  b.pause(false);
  expect(net.packets.map((packet) => decodeEcho(packet)?.sequence)).toEqual([1, 2, 3]);
  expect(net.context.b.pool.outstanding).toBe(0);
});

test('what is held back is released on close', async () => {
  const { net, b } = await tunnel();
  b.pause(true);
  b.deliver(PacketBatch.of(ping('10.0.0.1', '10.0.0.2', 1)));
  expect(net.context.b.pool.outstanding).toBe(1);
  await b.close();
  expect(net.context.b.held).toBeUndefined();
  expect(b.deliver(PacketBatch.of(ping('10.0.0.1', '10.0.0.2', 1)))).toBe(0);
});

test('ports and pings of a handed-in host survive a swap of the Stack', async () => {
  const host = new MemoryHost();
  const net = new Tunnel();
  const [old, next, b] = [new MemoryStack({ host }), new MemoryStack({ host }), new MemoryStack()];
  let here = old;
  await net.start(old, 'a');
  await net.start(b, 'b');
  net.wire(old, b);
  b.packets$.subscribe((batch) => here.deliver(batch));
  const seen: number[] = [];
  const port = await host.bindUdp({ port: 9 }, (datagram) => seen.push(datagram[0]!));
  const server = await b.flows.bindUdp!({ port: 7 }, (datagram, from) => server.send(datagram, from));
  const pinging = host.ping('10.0.0.2');

  await net.start(next, 'a');
  net.wire(next, b);
  here = next;
  await old.close();
  expect(port.send(Uint8Array.of(1), { address: '10.0.0.2', port: 7 })).toBe(true);
  expect(await net.clock.settle(pinging)).toBe(5);
  net.clock.advance(5);
  expect(seen).toEqual([1]);
});

test('a new Stack does not take the host over before it is heard', async () => {
  const host = new MemoryHost();
  const { net } = await tunnel(new MemoryStack({ host }));
  const next = new MemoryStack({ host });
  await net.start(next, 'a');
  const port = await host.bindUdp({}, () => {});
  expect(port.send(Uint8Array.of(1), { address: '10.0.0.2', port: 7 })).toBe(true);
  expect(net.packets.length).toBe(1);
});

test('a UDP listener that throws does not reach the deliverer', async () => {
  const { net, a, b } = await tunnel();
  await b.flows.bindUdp!({ port: 5 }, () => {
    throw new Error('listener');
  });
  const port = await a.flows.bindUdp!({}, () => {});
  port.send(Uint8Array.of(1), { address: '10.0.0.2', port: 5 });
  expect(() => net.clock.advance(10)).not.toThrow();
});

test('a configuration with a wrong text changes nothing and names it', async () => {
  const { a } = await tunnel();
  await expect(a.configure({ addresses: ['10.0.0.300/24'], routes: [], mtu: 1280 })).rejects.toThrow('10.0.0.300/24');
  const port = await a.flows.bindUdp!({}, () => {});
  expect(port.send(Uint8Array.of(1), { address: '10.0.0.2', port: 5 })).toBe(true);
});

test('a Stack is opened once, and a second consumer is refused', async () => {
  const { a } = await tunnel();
  await expect(a.open(new PoisonContext(new VirtualClock(), 1), new AbortController().signal)).rejects.toMatchObject({
    code: 'HEDDLE_NOT_RUNNING',
  });
  expect(() => a.packets$.subscribe(() => {})).toThrow(expect.objectContaining({ code: 'HEDDLE_SECOND_SUBSCRIBER' }));
});
