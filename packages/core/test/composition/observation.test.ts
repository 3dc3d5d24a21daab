import {
  type Address,
  type Bytes,
  createNode,
  definePlugin,
  type Flow,
  type FlowEvents,
  type FlowLayer,
  type FlowObserver,
  type HeddleNode,
  type NewFlow,
  type ObservedFlow,
  type Plugin,
  provide,
  Tokens,
  token,
} from '@heddle/core';
import { expect, test } from 'vitest';
import { gadget, Journal, stack } from './fake-parts.js';

const here: Address = { address: '10.0.0.1', port: 80 };
const there: Address = { address: '10.0.0.2', port: 4000 };

/** A flow that takes three bytes at a time, gives `abcdef`, and remembers what was asked of it. */
class ToyFlow implements Flow {
  readonly local = here;
  readonly remote = there;
  readonly asked: string[] = [];
  events: FlowEvents = {};
  #rest = 'abcdef';

  write(bytes: Bytes): number {
    return Math.min(3, bytes.length);
  }
  read(into: Bytes): number {
    const part = this.#rest.slice(0, into.length);
    this.#rest = this.#rest.slice(part.length);
    into.set(new TextEncoder().encode(part));
    return part.length === 0 ? -1 : part.length;
  }
  shutdown(): void {
    this.asked.push('shutdown');
  }
  close(): void {
    this.asked.push('close');
  }
  reset(): void {
    this.asked.push('reset');
  }
  on(events: FlowEvents): void {
    this.events = events;
  }
  setNoDelay(on: boolean): void {
    this.asked.push(`noDelay ${on}`);
  }
}

/** A Stack whose flows a test makes; and a node over it. */
async function scene(...plugins: readonly Plugin[]) {
  const made: ToyFlow[] = [];
  const flow = (): ToyFlow => {
    made.push(new ToyFlow());
    return made.at(-1)!;
  };
  const callbacks: { accept?: (flow: Flow) => void; receive?: (datagram: Bytes, from: Address) => void } = {};
  const deciders = new Set<(flow: NewFlow) => unknown>();
  const port = { at: here, send: (datagram: Bytes) => datagram.length < 10, close: async () => {} };
  const flows: FlowLayer = {
    connect: async () => flow(),
    listen: async (_at, accept) => {
      callbacks.accept = accept;
      return { at: here, close: async () => {} };
    },
    bindUdp: async (_at, receive) => {
      callbacks.receive = receive;
      return port;
    },
    intercept: (decide) => {
      deciders.add(decide);
      return () => void deciders.delete(decide);
    },
  };
  const offers = ['stack.tcp', 'stack.udp', 'stack.intercept'];
  const journal = new Journal();
  const node = createNode({}, [{ ...stack(journal, 'stack', {}, flows), offers }, gadget(journal), ...plugins]);
  await node.start();
  return { node, flow, made, callbacks, deciders };
}

/** Writes down all that it sees. */
class Notes implements FlowObserver {
  readonly lines: string[] = [];
  constructor(readonly name = 'notes') {}

  opened({ protocol, direction, local, remote }: ObservedFlow) {
    const id = `${protocol} ${direction} ${local.port}-${remote.port}`;
    this.lines.push(`${id} opened`);
    return {
      data: (way: string, bytes: Bytes) => void this.lines.push(`${id} ${way} ${new TextDecoder().decode(bytes)}`),
      closed: (error?: string) => void this.lines.push(`${id} closed ${error}`),
    };
  }
}

const text = (value: string): Bytes => new TextEncoder().encode(value);
const Watcher = token<{ readonly end: () => void }>('@toy/Watcher');
function watching(observer: FlowObserver): Plugin {
  const create = (observation: { flows(observer: FlowObserver): () => void }) => ({ end: observation.flows(observer) });
  return definePlugin({ name: observer.name, provides: [provide(Watcher, [Tokens.Observation], create, { stop: ({ end }) => end() })] });
}
const connect = (node: HeddleNode): Promise<Flow> => node.flows.connect!(there, {});

test('while nobody looks, flows are the very objects that the Stack made, and datagrams go straight to who bound the port', async () => {
  const { node, flow, made, callbacks, deciders } = await scene();
  expect(await connect(node)).toBe(made[0]);
  const accepted: Flow[] = [];
  await node.flows.listen!({ port: 80 }, (taken) => void accepted.push(taken));
  callbacks.accept!(flow());
  node.flows.intercept!(() => ({ accept: (taken) => void accepted.push(taken) }));
  const claim = [...deciders][0]!({ protocol: 'tcp', local: here, remote: there }) as { accept(flow: Flow): void };
  claim.accept(flow());
  expect(accepted).toEqual([made[1], made[2]]);
  expect(accepted[0]).toBe(made[1]);
  expect(accepted[1]).toBe(made[2]);
  const receive = (): void => {};
  await node.flows.bindUdp!({}, receive);
  expect(callbacks.receive).toBe(receive);
  await node.close();
});

test('an observing plugin that is added sees what opens from then on, wherever it was listened for before', async () => {
  const { node, flow, made, callbacks, deciders } = await scene();
  const notes = new Notes();
  const before = await connect(node);
  const accepted: Flow[] = [];
  await node.flows.listen!({ port: 80 }, (taken) => void accepted.push(taken));
  node.flows.intercept!(({ protocol }) => (protocol === 'tcp' ? { accept: (taken) => void accepted.push(taken) } : 'drop'));
  await node.add(watching(notes));
  before.write(text('unseen'));
  callbacks.accept!(flow());
  const [decide] = deciders;
  expect(decide!({ protocol: 'udp', local: here, remote: there })).toBe('drop');
  (decide!({ protocol: 'tcp', local: here, remote: there }) as { accept(flow: Flow): void }).accept(flow());
  await connect(node);
  expect(notes.lines).toEqual(['tcp in 80-4000 opened', 'tcp in 80-4000 opened', 'tcp out 80-4000 opened']);
  expect(accepted).not.toContain(made[1]);
  await node.close();
});

test('a watched flow takes, gives and tells what it would otherwise, and its witness sees just those bytes', async () => {
  const { node, made } = await scene();
  const notes = new Notes();
  await node.add(watching(notes));
  const flow = await connect(node);
  expect([flow.local, flow.remote]).toEqual([here, there]);
  expect(flow.write(text('hello'))).toBe(3);
  const into = new Uint8Array(4);
  expect([flow.read(into), flow.read(into), flow.read(into)]).toEqual([4, 2, -1]);
  flow.setNoDelay!(true);
  expect(flow.setKeepAlive).toBeUndefined();
  flow.shutdown();
  const heard: string[] = [];
  flow.on({ readable: () => heard.push('readable'), closed: (error) => heard.push(`closed ${error}`) });
  made[0]!.events.readable!();
  made[0]!.events.writable!();
  made[0]!.events.closed!('reset');
  flow.close();
  expect(heard).toEqual(['readable', 'closed reset']);
  expect(made[0]!.asked).toEqual(['noDelay true', 'shutdown', 'close']);
  const id = 'tcp out 80-4000';
  expect(notes.lines).toEqual([`${id} opened`, `${id} out hel`, `${id} in abcd`, `${id} in ef`, `${id} closed reset`]);
  await node.close();
});

test('an observer that goes hears nothing more, and its flows go on', async () => {
  const { node } = await scene();
  const notes = new Notes();
  await node.add(watching(notes));
  const flow = await connect(node);
  await node.remove('notes');
  const seen = notes.lines.length;
  expect(flow.write(text('abc'))).toBe(3);
  expect(flow.read(new Uint8Array(9))).toBe(6);
  flow.reset();
  await connect(node);
  expect(notes.lines.length).toBe(seen);
  await node.close();
});

test('an observer that throws is removed and named; the flow and the others who look do not notice (G6)', async () => {
  const { node } = await scene();
  const notes = new Notes();
  const broken: FlowObserver = {
    name: 'broken',
    opened: () => ({
      data: () => {
        throw new Error('no room');
      },
      closed: () => expect.unreachable(),
    }),
  };
  await node.add(watching(broken));
  await node.add({
    ...watching(notes),
    provides: [provide(token('@toy/Other'), [Tokens.Observation], (it) => ({ end: it.flows(notes) }))],
  });
  const flow = await connect(node);
  expect(flow.write(text('abc'))).toBe(3);
  expect(flow.write(text('def'))).toBe(3);
  flow.close();
  expect(notes.lines.slice(1)).toEqual(['tcp out 80-4000 out abc', 'tcp out 80-4000 out def', 'tcp out 80-4000 closed undefined']);
  const status = node.status().plugins.find(({ name }) => name === 'broken')!;
  expect(status.health).toMatchObject({ ok: false, code: 'HEDDLE_PLUGIN_FAULT', text: expect.stringContaining('data') });
  await node.close();
});

test('the datagrams of a UDP port are a flow for each pair of addresses', async () => {
  const { node, callbacks } = await scene();
  const notes = new Notes();
  await node.add(watching(notes));
  const heard: string[] = [];
  const port = await node.flows.bindUdp!({}, (datagram, from) => void heard.push(`${new TextDecoder().decode(datagram)} ${from.port}`));
  callbacks.receive!(text('ask'), there);
  expect(port.send(text('answer'), there)).toBe(true);
  expect(port.send(text('far too long'), there)).toBe(false);
  expect(port.send(text('hi'), { ...there, port: 53 })).toBe(true);
  await port.close();
  expect(heard).toEqual(['ask 4000']);
  expect(notes.lines).toEqual([
    'udp in 80-4000 opened',
    'udp in 80-4000 in ask',
    'udp in 80-4000 out answer',
    'udp out 80-53 opened',
    'udp out 80-53 out hi',
    'udp in 80-4000 closed undefined',
    'udp out 80-53 closed undefined',
  ]);
  await node.close();
});

test('a UDP port that hears from very many is watched for a bounded number of pairs', async () => {
  const { node, callbacks } = await scene();
  const notes = new Notes();
  await node.add(watching(notes));
  await node.flows.bindUdp!({}, () => {});
  for (let port = 1; port <= 1025; port++) callbacks.receive!(text('x'), { ...there, port });
  expect(notes.lines.filter((line) => line.includes('closed'))).toEqual(['udp in 80-1 closed undefined']);
  await node.close();
});
