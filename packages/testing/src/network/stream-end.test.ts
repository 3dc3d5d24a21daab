import type { Flow, FlowError } from '@heddle/core';
import { expect, test } from 'vitest';
import { VirtualClock } from '../time/virtual-clock.js';
import type { LinkShape } from './link.js';
import type { SimHost } from './sim-host.js';
import { SimNetwork } from './sim-network.js';

const AT = { address: '192.0.2.2', port: 80 };

class Call {
  readonly clock = new VirtualClock();
  readonly net = new SimNetwork({ seed: 3, clock: this.clock });
  readonly a: SimHost;
  readonly b: SimHost;

  constructor(link: Partial<LinkShape> = { delay: 10 }) {
    this.a = this.net.host('a', { ports: [{ on: this.net.internet, addresses: ['192.0.2.1'], link }] });
    this.b = this.net.host('b', { ports: [{ on: this.net.internet, addresses: ['192.0.2.2'] }] });
  }

  async connect(): Promise<[End, End]> {
    let there: End | undefined;
    await this.b.streams.listen(AT, (flow) => {
      there = new End(flow);
    });
    const here = new End(await this.clock.settle(this.a.streams.connect({ host: 'b', port: 80 }, {})));
    return [here, there!];
  }
}

/** Reads all it can and remembers what happened. */
class End {
  readonly got: Uint8Array[] = [];
  readonly events: string[] = [];
  reading = true;

  constructor(readonly flow: Flow) {
    flow.on({
      readable: () => this.drain(),
      writable: () => this.events.push('writable'),
      closed: (error: FlowError | undefined) => this.events.push(`closed ${error ?? 'in order'}`),
    });
  }

  drain(): void {
    if (!this.reading) return;
    const into = new Uint8Array(5_000);
    for (let n = this.flow.read(into); n !== 0; n = this.flow.read(into)) {
      if (n < 0) return void this.events.push('end');
      this.got.push(into.slice(0, n));
    }
  }

  get text(): string {
    return new TextDecoder().decode(this.bytes);
  }

  get bytes(): Uint8Array {
    return Buffer.concat(this.got);
  }

  say(text: string): number {
    return this.flow.write(new TextEncoder().encode(text));
  }
}

test('bytes go both ways, after the delay of the link', async () => {
  const call = new Call();
  const [a, b] = await call.connect();
  expect(call.clock.now()).toBe(20);
  expect(a.flow.remote).toEqual(b.flow.local);
  expect(b.flow.remote).toEqual(a.flow.local);
  a.say('ping');
  call.clock.advance(9);
  expect(b.text).toBe('');
  call.clock.advance(1);
  b.say('pong');
  call.clock.advance(10);
  expect([a.text, b.text]).toEqual(['pong', 'ping']);
});

test('half-close: one side ends, the other still writes, and both close in order', async () => {
  const call = new Call();
  const [a, b] = await call.connect();
  a.say('request');
  a.flow.shutdown();
  expect(a.say('too late')).toBe(0);
  call.clock.advance(20);
  expect(b.events).toEqual(['end']);
  b.say('answer');
  b.flow.shutdown();
  call.clock.advance(20);
  expect(a.text).toBe('answer');
  expect(a.events).toEqual(['end', 'closed in order']);
  expect(b.events).toEqual(['end', 'closed in order']);
});

test('a reader that does not read stops the writer at the window, and lets it go on later', async () => {
  const call = new Call();
  const [a, b] = await call.connect();
  b.reading = false;
  const data = new Uint8Array(100_000).map((_, i) => i);
  const first = a.flow.write(data);
  expect(first).toBe(64 * 1024);
  expect(a.flow.write(data.subarray(first))).toBe(0);
  call.clock.advance(1_000);
  expect(a.events).toEqual([]);
  b.reading = true;
  b.drain();
  call.clock.advance(20);
  expect(a.events).toEqual(['writable']);
  expect(a.flow.write(data.subarray(first))).toBe(100_000 - first);
  call.clock.advance(20);
  expect(Buffer.compare(b.bytes, data)).toBe(0);
});

test('the rate of the link bounds the stream', async () => {
  const call = new Call({ rate: 800_000 });
  const [a, b] = await call.connect();
  a.flow.write(new Uint8Array(50_000));
  call.clock.advance(250);
  expect(b.bytes.length).toBeGreaterThan(20_000);
  expect(b.bytes.length).toBeLessThan(26_000);
  call.clock.advance(300);
  expect(b.bytes.length).toBe(50_000);
});

test('loss, reordering, duplicates and corruption cost time, never bytes', async () => {
  const call = new Call({ delay: 5, loss: 0.1, reorder: 0.1, duplicate: 0.1, corrupt: 0.1 });
  const [a, b] = await call.connect();
  const data = new Uint8Array(300_000);
  call.net.random.fill(data);
  let at = 0;
  const pump = (): void => {
    for (let n = a.flow.write(data.subarray(at)); n > 0; n = a.flow.write(data.subarray(at))) at += n;
    if (at === data.length) a.flow.shutdown();
  };
  a.flow.on({ writable: pump, readable: () => a.drain() });
  pump();
  call.clock.advance(60_000);
  expect(Buffer.compare(b.bytes, data)).toBe(0);
  expect(b.events).toEqual(['end']);
});

test('reset reaches the other side, and each side is told once', async () => {
  const call = new Call();
  const [a, b] = await call.connect();
  a.flow.reset();
  a.flow.reset();
  call.clock.advance(20);
  expect([a.events, b.events]).toEqual([['closed aborted'], ['closed reset']]);
  expect(b.say('x')).toBe(0);
});

test('nobody listens: refused; nobody is there: timed out; aborted: the reason', async () => {
  const call = new Call();
  const connect = (host: string, signal?: AbortSignal): Promise<unknown> =>
    call.clock.settle(call.a.streams.connect({ host, port: 81 }, signal ? { signal } : {}));
  await expect(connect('b')).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  await expect(connect('192.0.2.99')).rejects.toMatchObject({ code: 'ETIMEDOUT' });
  await expect(connect('nobody')).rejects.toMatchObject({ code: 'ENOTFOUND' });
  const abort = new AbortController();
  call.clock.at(call.clock.now() + 5, () => abort.abort(new Error('enough')));
  await expect(connect('192.0.2.99', abort.signal)).rejects.toThrow('enough');
  call.clock.advance(20);
  expect(call.clock.pending).toBe(0);
});

test('a cable pulled for a second costs a second; for long, the stream times out at its writer', async () => {
  const call = new Call();
  const [a, b] = await call.connect();
  call.a.link().unplug();
  a.say('x');
  call.clock.advance(1_000);
  call.a.link().plug();
  call.clock.advance(1_000);
  expect(b.text).toBe('x');
  call.a.link().unplug();
  a.say('y');
  call.clock.advance(30_000);
  expect(a.events).toEqual(['closed timeout']);
});

test('an idle stream has no timer', async () => {
  const call = new Call();
  await call.connect();
  call.clock.advance(100);
  expect(call.clock.pending).toBe(0);
});

test('a listener that is closed takes nobody, what it accepted goes on, and its port is free', async () => {
  const call = new Call();
  const accepted: End[] = [];
  const listener = await call.b.streams.listen(AT, (flow) => accepted.push(new End(flow)));
  await expect(call.b.streams.listen(AT, () => {})).rejects.toMatchObject({ code: 'EADDRINUSE' });
  const a = new End(await call.clock.settle(call.a.streams.connect({ host: 'b', port: 80 }, {})));
  await listener.close();
  a.say('still here');
  call.clock.advance(20);
  expect(accepted[0]!.text).toBe('still here');
  await expect(call.clock.settle(call.a.streams.connect({ host: 'b', port: 80 }, {}))).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  await call.b.streams.listen(AT, () => {});
});

test('closed with everything read: what was written is delivered, then the end; the other side may finish in order', async () => {
  const call = new Call();
  const [a, b] = await call.connect();
  a.say('goodbye');
  a.flow.close();
  call.clock.advance(100);
  b.flow.shutdown();
  call.clock.advance(100);
  expect([b.text, b.events, a.events]).toEqual(['goodbye', ['end', 'closed in order'], []]);
});

test('closed while bytes wait unread: the other side is reset and sees no orderly end', async () => {
  const call = new Call();
  const [a, b] = await call.connect();
  a.reading = false;
  b.say('unread');
  call.clock.advance(100);
  a.flow.close();
  call.clock.advance(100);
  expect([b.events, a.events]).toEqual([['closed reset'], []]);
});

test('bytes that come after a close are answered with a reset', async () => {
  const call = new Call();
  const [a, b] = await call.connect();
  a.flow.close();
  call.clock.advance(100);
  b.say('anybody there?');
  call.clock.advance(100);
  expect([b.events, a.events]).toEqual([['end', 'closed reset'], []]);
});

test('the other side of a closed stream has a minute to finish', async () => {
  const call = new Call();
  const [a, b] = await call.connect();
  a.flow.close();
  call.clock.advance(59_000);
  expect(b.events).toEqual(['end']);
  call.clock.advance(2_000);
  expect([b.events, call.clock.pending]).toEqual([['end', 'closed reset'], 0]);
});
