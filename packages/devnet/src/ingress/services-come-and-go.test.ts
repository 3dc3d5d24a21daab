import { createHash } from 'node:crypto';
import { createNode, type Flow, type HeddleNode, type Peer, Tokens } from '@heddle/core';
import { funnel, ownCertificates, Serve, serve } from '@heddle/funnel';
import { netstack } from '@heddle/stack-netstack';
import { MemoryControl, MemoryNetwork, memory, memoryControl, SeededRandom, VirtualClock } from '@heddle/testing';
import { expect, test } from 'vitest';

const WEB = { name: 'web', address: '100.64.0.1' };
const CLIENT = { name: 'client', address: '100.64.0.2' };
/** A window for each round trip of 10 ms, so that the transfer lasts. */
const SLOW = { receiveBuffer: 65_536 };
const SIZE = 1_000_000;

class Pair {
  readonly clock = new VirtualClock({ turn: () => new Promise((done) => setImmediate(done)) });
  readonly #network = new MemoryNetwork({ delay: 5 });
  readonly web = this.#make(WEB.name);
  readonly client = this.#make(CLIENT.name);

  async start(): Promise<this> {
    const [web, client] = [this.web, this.client];
    await this.clock.settle(Promise.all([web.node.start(), client.node.start()]));
    web.control.set({ self: { name: WEB.name, addresses: [`${WEB.address}/32`] }, peers: [peer(client.node, CLIENT)] });
    client.control.set({ self: { name: CLIENT.name, addresses: [`${CLIENT.address}/32`] }, peers: [peer(web.node, WEB)] });
    await this.clock.advanceAsync(1);
    return this;
  }

  async close(): Promise<void> {
    await this.clock.settle(Promise.all([this.web.node.close(), this.client.node.close()]));
  }

  #make(name: string): { readonly node: HeddleNode; readonly control: MemoryControl } {
    const control = new MemoryControl();
    const parts = [memoryControl(control), memory({ network: this.#network, name }), netstack({ tcp: SLOW })];
    return { control, node: createNode({ hostname: name, clock: this.clock, random: new SeededRandom(name), poison: true }, parts) };
  }
}

function peer(node: HeddleNode, { name, address }: typeof WEB): Peer {
  const nodeKey = node.get(Tokens.Identity).nodeKey!.publicKey;
  return { id: name, name, nodeKey, addresses: [address], allowedIps: [`${address}/32`], endpoints: [`mem:${name}`] };
}

/** Sends all of it, as the flow takes it. */
function send(flow: Flow, bytes: Uint8Array): void {
  let at = 0;
  const turn = (): void => {
    for (let taken = 1; taken > 0 && at < bytes.length; at += taken) taken = flow.write(bytes.subarray(at, at + 20_000));
    if (at === bytes.length) flow.shutdown();
  };
  flow.on({ writable: turn });
  turn();
}

/** The hash of what came, with how it ended. */
function received(flow: Flow): { readonly hash: ReturnType<typeof createHash>; bytes: number; end: unknown } {
  const heard = { hash: createHash('sha256'), bytes: 0, end: undefined as unknown };
  const buffer = new Uint8Array(65_536);
  const turn = (): void => {
    for (let count = flow.read(buffer); count > 0; count = flow.read(buffer)) {
      heard.hash.update(buffer.subarray(0, count));
      heard.bytes += count;
    }
    if (heard.bytes === SIZE) flow.close();
  };
  flow.on({ readable: turn, closed: (error) => Object.assign(heard, { end: error ?? 'closed' }) });
  turn();
  return heard;
}

test('serve and funnel come and go while a transfer runs, which stays whole and on its connection', async () => {
  const pair = await new Pair().start();
  const { clock, web, client } = pair;
  const bytes = Uint8Array.from({ length: SIZE }, (_, i) => (i * 7 + (i >> 11)) & 0xff);
  const flows: Flow[] = [];
  await web.node.flows.listen!({ port: 7 }, (flow) => void flows.push(flow));
  const sending = await clock.settle(client.node.flows.connect!({ address: WEB.address, port: 7 }, {}));
  send(sending, bytes);
  await clock.advanceAsync(20);
  const heard = received(flows[0]!);
  const turns: number[] = [];
  while (heard.bytes < SIZE && turns.length < 200) {
    turns.push(heard.bytes);
    await clock.settle(web.node.add(ownCertificates({})));
    await clock.settle(web.node.add(serve({ ports: { 80: { http: { '/': { text: 'hello' } } } } })));
    await clock.settle(web.node.add(funnel()));
    await clock.advanceAsync(10);
    expect(web.node.get(Serve).ports).toEqual([80]);
    for (const gone of ['ingress', '', 'own-certificates']) {
      await clock.settle(web.node.remove(`@heddle/funnel/${gone}`.replace(/\/$/, '')));
      await clock.advanceAsync(5);
    }
  }
  expect(turns.length).toBeGreaterThan(3);
  expect(heard.bytes).toBe(SIZE);
  expect(heard.hash.digest('hex')).toBe(createHash('sha256').update(bytes).digest('hex'));
  const shown = (name: string): number =>
    web.node
      .get(Tokens.Counters)
      .read()
      .find((family) => family.name === name)!
      .samples.reduce((sum, { value }) => sum + value, 0);
  expect([shown('handshakes'), shown('tcp_opened'), flows.length]).toEqual([1, 1, 1]);
  await pair.close();
});
