import { createNode, definePlugin, type HeddleNode, type Plugin, provide, Tokens } from '@heddle/core';
import { MemoryHost, MemoryNetwork, memory, memoryStack, VirtualClock } from '@heddle/testing';
import { expect, test } from 'vitest';
import { Ts2021Control } from '../src/control/ts2021-control.js';
import { parseControlUrl } from '../src/dial/control-url.js';
import { ControlFault } from '../src/dial/fault.js';
import { MemoryServer } from './memory-server.js';

const MINUTE = 60_000;
const OUTAGE = 10 * MINUTE;
/** How soon after its return the stream has to be back. */
const BACK_WITHIN = 10_000;
const TRIES_IN_A_MINUTE = 12;
const EVERY = 500;
const ALL = { SrcIPs: ['*'], DstPorts: [{ IP: '*', Ports: { First: 0, Last: 65_535 } }] };

interface Member {
  readonly node: HeddleNode;
  readonly inner: MemoryHost;
  readonly address: string;
}

/** A tailnet: each node is registered by its key, in the order in which they come. */
class Tailnet {
  readonly clock = new VirtualClock({ turn: () => new Promise((done) => setImmediate(done)) });
  readonly server = new MemoryServer(this.clock);
  readonly #network = new MemoryNetwork();
  readonly #keys: string[] = [];

  constructor() {
    this.server.register = ({ NodeKey }) => {
      if (!this.#keys.includes(NodeKey)) this.#keys.push(NodeKey);
      return this.server.json({ MachineAuthorized: true });
    };
    this.server.poll = ({ NodeKey }) => {
      this.server.send({ PeersChanged: this.#keys.map((key) => this.#described(key)) });
      const Peers = this.#keys.filter((key) => key !== NodeKey).map((key) => this.#described(key));
      return { first: { Node: this.#described(NodeKey), Peers, PacketFilters: { base: [ALL] } } };
    };
  }

  async member(number: number): Promise<Member> {
    const { clock } = this;
    const inner = new MemoryHost();
    const bind = memory({ network: this.#network, scheme: 'udp', name: placeOf(number) });
    const node = createNode({ hostname: `n${number}`, clock, poison: true }, [this.#control(number), bind, memoryStack({ host: inner })]);
    await clock.settle(node.start());
    return { node, inner, address: `100.64.0.${number}` };
  }

  /** Datagrams from one to the other without end: how many were sent, and how many came. */
  async flow(from: Member, to: Member): Promise<Flow> {
    const flow = { sent: 0, came: 0, stop: (): void => {} };
    const sink = await to.inner.bindUdp({}, () => void flow.came++);
    const source = await from.inner.bindUdp({}, () => {});
    const send = (): void => {
      flow.sent++;
      source.send(new Uint8Array(100), { address: to.address, port: sink.at.port });
      flow.stop = this.clock.at(this.clock.now() + EVERY, send);
    };
    send();
    return flow;
  }

  /** The server is gone, and with it every connection; the function brings it back. */
  down(): () => void {
    const gone = (): never => {
      throw new ControlFault('HEDDLE_TS2021_UNREACHABLE', 'nobody listens');
    };
    this.server.dial = gone;
    this.server.restart();
    return () => {
      this.server.dial = () => {};
    };
  }

  #control(number: number): Plugin {
    const needs = [Tokens.Identity, Tokens.StateStore, Tokens.Crypto] as const;
    const provided = provide(Tokens.Control, needs, (identity, store, crypto) => {
      const given = { identity, store, crypto, transport: () => this.server.transport() };
      const facts = { hostname: `n${number}`, os: 'linux', tags: [] };
      const url = parseControlUrl('http://control.example.com')!;
      return new Ts2021Control({
        ...given,
        url,
        facts,
        version: 119,
        authKey: async () => 'key',
        ephemeral: false,
        cache: true,
        serverKey: undefined,
      });
    });
    return definePlugin({ name: 'control-of-the-test', provides: [provided] });
  }

  #described(key: string): object {
    const number = this.#keys.indexOf(key) + 1;
    const own = [`100.64.0.${number}/32`];
    return {
      ID: number,
      Name: `n${number}.lab.example.com.`,
      Key: key,
      Addresses: own,
      AllowedIPs: own,
      Endpoints: [placeOf(number)],
      MachineAuthorized: true,
    };
  }
}

interface Flow {
  readonly sent: number;
  readonly came: number;
  readonly stop: () => void;
}

function placeOf(number: number): string {
  return `198.51.100.${number}:41641`;
}

test('C8 C7: control is gone for ten minutes: no datagram is lost, it is asked for calmly, and its stream is back within 10 s', async () => {
  const tailnet = new Tailnet();
  const { clock, server } = tailnet;
  const [a, b] = [await tailnet.member(1), await tailnet.member(2)];
  await clock.advanceAsync(5_000);
  const flows = [await tailnet.flow(a, b), await tailnet.flow(b, a)];
  await clock.advanceAsync(MINUTE);

  const [wentAt, dialled] = [clock.now(), server.dials.length];
  const back = tailnet.down();
  await clock.advanceAsync(OUTAGE);
  const tries = server.dials.slice(dialled);
  expect(tries.filter((at) => at < wentAt + MINUTE).length).toBeLessThanOrEqual(2 * TRIES_IN_A_MINUTE);
  expect(tries.length).toBeLessThanOrEqual(2 * TRIES_IN_A_MINUTE * (OUTAGE / MINUTE));
  expect(tries.length).toBeGreaterThan(OUTAGE / MINUTE);
  expect(server.streams).toEqual([]);

  const updates = server.updates.length;
  back();
  await clock.advanceAsync(BACK_WITHIN);
  expect(server.streams).toHaveLength(2);
  expect(server.updates.length).toBe(updates + 2);
  for (const { stop } of flows) stop();
  await clock.advanceAsync(EVERY);
  for (const { sent, came } of flows) expect([came, sent > (OUTAGE + MINUTE) / EVERY]).toEqual([sent, true]);
  for (const { node } of [a, b]) await clock.settle(node.close());
});
