import type { Bytes, Flow } from '@heddle/core';
import { describe, expect, test } from 'vitest';
import { HostFlows } from './host-flows.js';

const LOOPBACK = '127.0.0.1';
const text = (bytes: Bytes): string => new TextDecoder().decode(bytes);
const bytes = (of: string): Bytes => new TextEncoder().encode(of);

/** Reads to the end. */
function all(flow: Flow): Promise<Bytes> {
  const parts: Uint8Array[] = [];
  const into = new Uint8Array(10_000);
  return new Promise((resolve, reject) => {
    flow.on({
      readable() {
        for (let n = flow.read(into); n !== 0; n = flow.read(into)) {
          if (n < 0) return resolve(new Uint8Array(Buffer.concat(parts)));
          parts.push(into.slice(0, n));
        }
      },
      closed: (error) => error !== undefined && reject(new Error(error)),
    });
  });
}

/** Writes as much as is taken, and the rest when there is room. */
function writeAll(flow: Flow, what: Bytes): void {
  let at = 0;
  const go = (): void => {
    at += flow.write(what.subarray(at));
    if (at === what.length) flow.shutdown();
  };
  flow.on({ writable: go });
  go();
}

describe('flows of the kernel, on the loopback interface', () => {
  const flows = new HostFlows(() => 'lo');

  test('carry bytes both ways, more than fit at once, and end in order', async () => {
    const sent = new Uint8Array(3_000_000).map((_, i) => i % 251);
    const echoed = new Promise<Flow>((accept) => void flows.listen({ port: 0, address: LOOPBACK }, accept).then(connect));
    const received: Promise<Bytes>[] = [];
    async function connect({ at }: { at: { port: number } }): Promise<void> {
      writeAll(await flows.connect({ address: LOOPBACK, port: at.port }), sent);
    }
    received.push(all(await echoed));
    expect(Buffer.compare(await received[0]!, sent)).toBe(0);
    await flows.close();
  });

  test('listen on the addresses of the interface, all on the same port', async () => {
    const listener = await flows.listen({ port: 0 }, (flow) => writeAll(flow, bytes('hello')));
    expect(listener.at.address).toBe('0.0.0.0');
    expect(text(await all(await flows.connect({ address: LOOPBACK, port: listener.at.port })))).toBe('hello');
    await expect(flows.listen({ port: listener.at.port }, () => {})).rejects.toMatchObject({ code: 'EADDRINUSE' });
    await listener.close();
    await expect(flows.connect({ address: LOOPBACK, port: listener.at.port })).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });

  test('tell of bytes and of the end also to who listens late', async () => {
    const listener = await flows.listen({ port: 0, address: LOOPBACK }, (flow) => writeAll(flow, bytes('early')));
    const flow = await flows.connect({ address: LOOPBACK, port: listener.at.port });
    await new Promise<void>((arrived) => flow.on({ readable: arrived }));
    expect(text(await all(flow))).toBe('early');
    await listener.close();
  });

  test('carry datagrams, and say who sent them', async () => {
    const got = new Promise<string>((resolve) => void receive(resolve));
    async function receive(resolve: (text: string) => void): Promise<void> {
      const there = await flows.bindUdp({ address: LOOPBACK }, (datagram, from) => resolve(`${text(datagram)} from ${from.port}`));
      const here = await flows.bindUdp({ address: LOOPBACK }, () => {});
      const datagram = bytes('hello');
      expect(here.send(datagram, { address: LOOPBACK, port: there.at.port })).toBe(true);
      datagram.fill(0);
      port = here.at.port;
    }
    let port = 0;
    expect(await got).toBe(`hello from ${port}`);
    await flows.close();
  });

  test('reject with the reason of the signal', async () => {
    const reason = new Error('given up');
    await expect(flows.connect({ address: LOOPBACK, port: 9 }, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    await expect(flows.ping(LOOPBACK, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
  });

  test('want addresses, not names', async () => {
    await expect(flows.connect({ address: 'localhost', port: 9 })).rejects.toMatchObject({ code: 'HEDDLE_BAD_ADDRESS' });
    await expect(flows.ping('-h')).rejects.toMatchObject({ code: 'HEDDLE_BAD_ADDRESS' });
  });

  test('are not there while the stack does not run', async () => {
    const none = new HostFlows(() => undefined);
    await expect(none.connect({ address: LOOPBACK, port: 9 })).rejects.toMatchObject({ code: 'HEDDLE_NOT_RUNNING' });
    await expect(none.listen({ port: 0 }, () => {})).rejects.toMatchObject({ code: 'HEDDLE_NOT_RUNNING' });
    await expect(none.bindUdp({}, () => {})).rejects.toMatchObject({ code: 'HEDDLE_NOT_RUNNING' });
  });
});
