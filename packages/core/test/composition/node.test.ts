import {
  type Clock,
  createNode,
  definePlugin,
  type FlowLayer,
  type HeddleNode,
  type LocalEndpoint,
  type Logger,
  type Netmap,
  type NetmapChange,
  type Peer,
  type Plugin,
  provide,
  provideBind,
  provideControl,
  type StateStore,
  Tokens,
  token,
} from '@heddle/core';
import { Container } from 'inversify';
import { BehaviorSubject } from 'rxjs';
import { expect, test } from 'vitest';
import {
  bind,
  control,
  type FakeControl,
  fakeBind,
  fakeControl,
  fakeState,
  Gadget,
  gadget,
  Journal,
  stack,
  Toy,
  toy,
} from './fake-parts.js';
import { HandClock, settle } from './virtual-clock.js';

const journal = new Journal();
const failure = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => expect.unreachable(),
    (error: unknown) => error,
  );
const thrown = (call: () => unknown): unknown => {
  try {
    call();
  } catch (error) {
    return error;
  }
  return expect.unreachable();
};

/** Runs a node for the length of a test. */
async function running(plugins: readonly Plugin[], use: (node: HeddleNode) => unknown, options = {}): Promise<void> {
  const node = createNode({ clock: new HandClock(), ...options }, plugins);
  await node.start();
  await use(node);
  await node.close();
}

function peer(name: string, ...addresses: string[]): Peer {
  return { id: name, name, nodeKey: new Uint8Array(32).fill(name.length + 1), addresses, allowedIps: [], endpoints: [] };
}
function netmap(self: string, ...peers: Peer[]): Netmap {
  const byId = new Map(peers.map((each) => [each.id, each]));
  return {
    self: { name: self, addresses: ['100.64.0.1/32'] },
    peers: { size: byId.size, get: (id) => byId.get(id), [Symbol.iterator]: () => byId.values() },
  };
}

test('get gives the services of plugins, and core’s own', async () => {
  await running([gadget(journal), toy(journal)], (node) => {
    expect(node.get(Toy).name).toBe('toy');
    expect(node.get(Gadget)).toBe(node.get(Gadget));
    expect(node.get(Tokens.Node)).toBe(node);
    expect(node.get(Tokens.Identity).machineKey.publicKey).toHaveLength(32);
    expect(node.get(Tokens.Limits).peers).toBeGreaterThan(0);
    expect(node.get(Tokens.Pool).of(new Uint8Array(4))?.count).toBe(1);
  });
});

test('get of what nobody provides says which plugin would', async () => {
  await running([gadget(journal)], (node) => {
    expect(thrown(() => node.get(Tokens.Stack))).toMatchObject({
      code: 'HEDDLE_NOT_PROVIDED',
      message: expect.stringMatching(/core\/Stack.*netstack\(\)/),
    });
    expect(thrown(() => node.get(token('@toy/Nothing')))).toMatchObject({ code: 'HEDDLE_NOT_PROVIDED' });
  });
});

test('get before start and after close, and of what many provide, has its own code', async () => {
  const node = createNode({}, [gadget(journal), bind(journal, 'a'), bind(journal, 'b')]);
  expect(thrown(() => node.get(Gadget))).toMatchObject({ code: 'HEDDLE_NOT_RUNNING' });
  await node.start();
  expect(thrown(() => node.get(Tokens.Bind))).toMatchObject({ code: 'HEDDLE_UNSUPPORTED', message: expect.stringContaining('a, b') });
  await node.close();
  expect(thrown(() => node.get(Gadget))).toMatchObject({ code: 'HEDDLE_NOT_RUNNING' });
});

test('the application’s own Inversify container answers what no plugin provides', async () => {
  const container = new Container();
  const mine = { name: 'of the application' };
  container.bind(Gadget.id).toConstantValue(mine);
  const Extra = token<string>('@app/Extra');
  container.bind(Extra.id).toConstantValue('extra');
  const host = { get: <T>(wanted: { id: symbol }) => container.get(wanted.id, { optional: true }) as T | undefined };
  let given: unknown;
  const plugin = definePlugin({
    name: 'user',
    provides: [
      provide(Toy, [Gadget], (it) => {
        given = it;
        return it;
      }),
    ],
  });
  await running([plugin], (node) => expect(node.get(Extra)).toBe('extra'), { host });
  expect(given).toBe(mine);
  await running([plugin, gadget(journal)], (node) => expect(node.get(Toy).name).toBe('gadget'), { host });
});

test('a clock of a plugin goes before the options’, and the options’ before the host’s', async () => {
  const [ofPlugin, ofOptions, ofHost] = [new HandClock(), new HandClock(), new HandClock()];
  const clockPlugin = definePlugin({ name: 'clock', provides: [provide(Tokens.Clock, [], (): Clock => ofPlugin)] });
  const host = { get: <T>(wanted: { id: symbol }) => (wanted.id === Tokens.Clock.id ? (ofHost as T) : undefined) };
  const clockOf = async (plugins: readonly Plugin[], options: object): Promise<unknown> => {
    const node = createNode(options, plugins);
    await node.start();
    const clock = node.get(Tokens.Clock);
    await node.close();
    return clock;
  };
  expect(await clockOf([gadget(journal), clockPlugin], { clock: ofOptions, host })).toBe(ofPlugin);
  expect(await clockOf([gadget(journal)], { clock: ofOptions, host })).toBe(ofOptions);
  expect(await clockOf([gadget(journal)], { host })).toBe(ofHost);
});

test('the identity is kept in the state that the application gives', async () => {
  const state = fakeState(new Journal());
  const keys: string[] = [];
  for (let i = 0; i < 2; i++)
    await running([gadget(journal)], (node) => keys.push(String(node.get(Tokens.Identity).machineKey.publicKey)), { state });
  expect(keys[0]).toBe(keys[1]);
  await running([gadget(journal)], (node) => expect(String(node.get(Tokens.Identity).machineKey.publicKey)).not.toBe(keys[0]));
});

test('a state that cannot be opened stops the start and is named', async () => {
  const opened = new Journal();
  const state: StateStore = {
    ...fakeState(opened),
    open: () => Promise.reject(Object.assign(new Error('owned by another'), { code: 'HEDDLE_STATE_BUSY' })),
  };
  const node = createNode({ state }, [gadget(opened)]);
  expect(await failure(node.start())).toMatchObject({ code: 'HEDDLE_START_FAILED', cause: { code: 'HEDDLE_STATE_BUSY' } });
  expect([...opened.open]).toEqual([]);
});

test('flows before start, without a Stack, or without the member are refused by code, naming the part', async () => {
  const node = createNode({}, [stack(journal, 'tun', {}, { connect: async () => ({}) as never })]);
  expect(thrown(() => node.flows)).toMatchObject({ code: 'HEDDLE_NOT_RUNNING' });
  await node.start();
  const { flows } = node;
  expect(await flows.connect!({ address: '10.0.0.1', port: 80 }, {})).toEqual({});
  expect(thrown(() => flows.intercept!(() => undefined))).toMatchObject({
    code: 'HEDDLE_UNSUPPORTED',
    message: expect.stringMatching(/Stack of tun.*stack\.intercept/),
  });
  expect(await failure(node.ping('10.0.0.1'))).toMatchObject({
    code: 'HEDDLE_UNSUPPORTED',
    message: expect.stringContaining('stack.ping'),
  });
  await node.close();
  expect(await failure(flows.connect!({ address: '10.0.0.1', port: 80 }, {}))).toMatchObject({ code: 'HEDDLE_NOT_RUNNING' });
  await running([gadget(journal)], (other) =>
    expect(thrown(() => other.flows)).toMatchObject({ code: 'HEDDLE_UNSUPPORTED', message: expect.stringContaining('netstack()') }),
  );
});

/** A control that the test speaks through. */
function spoken(): { readonly plugin: Plugin; readonly say: (map: Netmap) => void; control(): FakeControl } {
  let made: FakeControl | undefined;
  let seq = 0;
  const create = (): FakeControl => {
    made = fakeControl(journal, 'control');
    return made;
  };
  return {
    plugin: definePlugin({ name: 'control', provides: [provideControl([], create)] }),
    say: (map) => made!.netmap$.next({ seq: ++seq, map, patch: undefined }),
    control: () => made!,
  };
}

test('names are found in any case, with and without domain and last dot, and peers are pinged by name', async () => {
  const { plugin, say } = spoken();
  const asked: string[] = [];
  const flows: FlowLayer = { ping: async (address) => asked.push(address) };
  await running([plugin, stack(journal, 'stack', {}, flows)], async (node) => {
    expect(node.lookup('web')).toEqual([]);
    say(
      netmap('me.tail.net', peer('web.tail.net', '100.64.0.2', 'fd7a::2'), peer('web2.tail.net', '100.64.0.3/32'), peer('', '100.64.0.9')),
    );
    for (const name of ['web', 'WEB', 'web.tail.net', 'Web.Tail.Net.']) expect(node.lookup(name)).toEqual(['100.64.0.2', 'fd7a::2']);
    expect(node.lookup('web2')).toEqual(['100.64.0.3']);
    expect(node.lookup('me')).toEqual(['100.64.0.1']);
    for (const name of ['we', 'tail.net', '', '.', 'web.other.net']) expect(node.lookup(name)).toEqual([]);
    await node.ping('web');
    await node.ping('100.64.0.77');
    await node.ping('fd7a::77');
    expect(asked).toEqual(['100.64.0.2', '100.64.0.77', 'fd7a::77']);
    expect(await failure(node.ping('nobody'))).toMatchObject({ code: 'HEDDLE_NO_SUCH_PEER', message: expect.stringContaining('nobody') });
  });
});

test('netmap$ and control$ give a late subscriber the latest, the netmap as a whole', async () => {
  const { plugin, say, control: made } = spoken();
  await running([plugin], (node) => {
    const states: unknown[] = [];
    say(netmap('me', peer('a', '100.64.0.2')));
    made().netmap$.next({ seq: 2, map: netmap('me', peer('a'), peer('b')), patch: { set: [peer('b')], removed: [] } });
    made().state$.next({ is: 'needs-login', url: 'https://login.example' });
    const changes: NetmapChange[] = [];
    node.netmap$.subscribe((change) => changes.push(change));
    node.control$.subscribe((state) => states.push(state));
    expect(changes).toMatchObject([{ patch: undefined, map: { peers: { size: 2 } } }]);
    expect(states).toEqual([{ is: 'needs-login', url: 'https://login.example' }]);
    expect(node.status().control).toEqual(states[0]);
    expect(node.status().peers.map((it) => it.name)).toContain('a');
  });
});

test('a control whose state$ ends with an error is named, and the node goes on', async () => {
  const { plugin, control: made } = spoken();
  await running([plugin], (node) => {
    made().state$.error(new Error('broken'));
    expect(node.status()).toMatchObject({ life: 'running', plugins: [{ health: { ok: false, code: 'HEDDLE_PLUGIN_FAULT' } }] });
  });
});

test('status names the host, the plugins, the counters and the crypto, as plain values', async () => {
  const node = createNode({ hostname: 'web', clock: new HandClock() }, [bind(journal, 'udp'), gadget(journal)]);
  expect(node.status()).toMatchObject({
    hostname: 'web',
    life: 'made',
    state: { is: 'NoState' },
    control: undefined,
    crypto: {},
    plugins: [{ name: 'udp', running: false }, { name: 'gadget' }],
  });
  await node.start();
  const status = node.status();
  expect(status).toMatchObject({
    life: 'running',
    state: { is: 'Running' },
    counters: [{ scheme: 'udp', sentPackets: 0 }],
    plugins: [{ running: true, health: { ok: true } }, { running: true }],
  });
  expect(status.crypto.x25519).toBeTypeOf('string');
  expect(JSON.parse(JSON.stringify(status))).toMatchObject({ hostname: 'web' });
  await node.close();
  expect(node.status()).toMatchObject({ life: 'closed', plugins: [{ running: false }, { running: false }] });
});

test('health that a Bind reports is shown as its plugin’s, in health$ and in status', async () => {
  const health$ = new BehaviorSubject({ ok: true, since: 0 });
  const plain = bind(journal, 'udp');
  const create = (): unknown => ({ ...(plain.provides[0]!.create() as object), health$ });
  await running([{ ...plain, provides: [{ ...plain.provides[0]!, create }] }], (node) => {
    const seen: unknown[] = [];
    node.health$.subscribe((health) => seen.push(health));
    const sick = { ok: false, code: 'HEDDLE_UDP', text: 'no socket', since: 5 };
    health$.next(sick);
    expect(seen).toEqual([{ plugin: 'udp', ...sick }]);
    expect(node.status().plugins[0]!.health).toEqual({ plugin: 'udp', ...sick });
  });
});

test('drop reasons that a plugin declares have counters under its name, and others count as undeclared', async () => {
  let drop: (reason: string, packets: number) => void = () => {};
  const plain = bind(journal, 'udp');
  const create = (): unknown => ({
    ...(plain.provides[0]!.create() as object),
    open: async (context: { drop: typeof drop }) => {
      drop = context.drop;
    },
  });
  await running([{ ...plain, drops: { 'ring-full': 'the ring was full' }, provides: [{ ...plain.provides[0]!, create }] }], (node) => {
    drop('ring-full', 3);
    drop('never-heard-of', 2);
    drop('too-large', 1);
    expect(node.status().drops).toEqual({ 'udp/ring-full': 3, undeclared: 2, 'too-large': 1 });
  });
});

test('poke reaches the Binds of a running node, and does nothing otherwise', async () => {
  let pokes = 0;
  const plain = bind(journal, 'udp');
  const create = (): unknown => ({ ...(plain.provides[0]!.create() as object), poke: () => pokes++ });
  const node = createNode({}, [{ ...plain, provides: [{ ...plain.provides[0]!, create }] }]);
  node.poke();
  await node.start();
  node.poke();
  await node.close();
  node.poke();
  expect(pokes).toBe(1);
});

test('the hostname is told to control before it opens, and again when it is at work', async () => {
  const told: unknown[] = [];
  const plugin = definePlugin({
    name: 'c',
    provides: [provideControl([], () => ({ ...fakeControl(journal, 'c'), publish: (update) => told.push(update) }))],
  });
  await running([plugin], () => {}, { hostname: 'web' });
  expect(told).toEqual([{ hostname: 'web' }, { hostname: 'web' }]);
});

test('control is told where the Binds may be reached, and of each change', async () => {
  const told: unknown[] = [];
  const endpoint = (text: string): LocalEndpoint => ({
    kind: 'local',
    remote: { scheme: 'udp', text, id: new Uint8Array(1), limitKey: text },
  });
  const localEndpoints$ = new BehaviorSubject<readonly LocalEndpoint[]>([]);
  const bindPlugin = definePlugin({
    name: 'b',
    provides: [provideBind('udp', [], () => ({ ...fakeBind(journal, 'b', 'udp'), localEndpoints$ }))],
  });
  const controlPlugin = definePlugin({
    name: 'c',
    provides: [provideControl([], () => ({ ...fakeControl(journal, 'c'), publish: (update) => told.push(update.endpoints) }))],
  });
  await running([bindPlugin, controlPlugin], async () => {
    expect(told).toEqual([]);
    localEndpoints$.next([endpoint('udp:192.0.2.1:1')]);
    localEndpoints$.next([]);
    await settle();
  });
  expect(told).toEqual([[endpoint('udp:192.0.2.1:1')], []]);
});

test('nothing is logged to a silent logger’s place: the logger of the options is the one that parts get', async () => {
  const lines: string[] = [];
  const line = (_: object, text: string): number => lines.push(text);
  const logger: Logger = { debug: line, info: line, warn: line, error: line };
  await running([control(journal)], (node) => expect(node.get(Tokens.Logger)).toBe(logger), { logger });
  await settle();
});
