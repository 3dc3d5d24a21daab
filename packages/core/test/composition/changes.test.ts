import {
  all,
  type Bind,
  type Counters,
  createNode,
  definePlugin,
  type HeddleNode,
  type NodeOptions,
  optional,
  type Plugin,
  type Progress,
  provide,
  provideBind,
  type Token,
  Tokens,
  token,
} from '@heddle/core';
import { expect, test } from 'vitest';
import { bind, control, type Faults, fakeBind, Gadget, gadget, Journal, selector, stack, Toy, toy, vault } from './fake-parts.js';
import { HandClock, settle } from './virtual-clock.js';

class Scene {
  readonly journal = new Journal();
  readonly clock = new HandClock();
  readonly progress: string[] = [];
  readonly node: HeddleNode;

  constructor(make: (journal: Journal) => readonly Plugin[], options: NodeOptions = {}) {
    this.node = createNode({ clock: this.clock, ...options }, make(this.journal));
    this.node.progress$.subscribe(({ step, plugin }: Progress) => this.progress.push(`${step} ${plugin}`));
  }

  async started(): Promise<this> {
    await this.node.start();
    this.journal.events.length = 0;
    this.progress.length = 0;
    return this;
  }

  names(): string[] {
    return this.node.status().plugins.map((plugin) => plugin.name);
  }

  schemes(): string[] {
    return this.node.status().counters.map((counter) => counter.scheme);
  }

  async expectClosesWhole(): Promise<void> {
    await this.node.close();
    expect([...this.journal.open]).toEqual([]);
    expect(this.clock.armed).toBe(0);
  }
}

const failure = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => expect.unreachable(),
    (error: unknown) => error,
  );
const refused = (what: RegExp, cause?: RegExp): object => ({
  code: 'HEDDLE_COMPOSITION',
  problems: [expect.objectContaining({ what: expect.stringMatching(what), ...(cause && { cause: expect.stringMatching(cause) }) })],
});

test('a plugin that is added is built from what runs, started, and part of the node', async () => {
  const scene = await new Scene((journal) => [gadget(journal)]).started();
  let given: unknown;
  const adds = definePlugin({
    name: 'adds',
    provides: [
      provide(Toy, [Gadget, optional(Tokens.Stack), all(Tokens.Bind)], (...needs) => {
        given = needs;
        return { name: 'adds' };
      }),
    ],
  });
  await scene.node.add(adds);
  expect(given).toEqual([scene.node.get(Gadget), undefined, []]);
  expect(scene.node.get(Toy).name).toBe('adds');
  expect(scene.names()).toEqual(['gadget', 'adds']);
  expect(scene.progress).toEqual(['starting adds', 'started adds']);
  await scene.node.add(bind(scene.journal, 'udp'));
  expect(scene.schemes()).toEqual(['udp']);
  await scene.expectClosesWhole();
});

test('a plugin that makes the composition wrong is not added, and nothing of it was made', async () => {
  const scene = await new Scene((journal) => [stack(journal, 'netstack')]).started();
  expect(await failure(scene.node.add(stack(scene.journal, 'tun')))).toMatchObject(refused(/2 services claim @heddle\/core\/Stack/));
  expect(await failure(scene.node.add(toy(scene.journal)))).toMatchObject(refused(/nobody provides @toy\/Gadget/));
  expect(scene.journal.events).toEqual([]);
  expect(scene.names()).toEqual(['netstack']);
  await scene.expectClosesWhole();
});

test.each(['throws', 'hangs'] as const)('a plugin that %s while it is added is unwound, and the node goes on without it', async (fault) => {
  const scene = await new Scene((journal) => [gadget(journal)], { limits: { startDeadline: 100 } }).started();
  const failed = failure(scene.node.add(bind(scene.journal, 'udp', { open: fault })));
  await scene.clock.advance(100);
  expect(await failed).toMatchObject({ message: expect.stringContaining('plugin udp did not start') });
  expect(scene.journal.events).toEqual(['create udp', 'open udp', 'close udp']);
  expect(scene.names()).toEqual(['gadget']);
  await scene.node.add(bind(scene.journal, 'udp'));
  expect(scene.schemes()).toEqual(['udp']);
  await scene.expectClosesWhole();
});

test('a plugin that throws in its factory while it is added changes nothing', async () => {
  const scene = await new Scene((journal) => [gadget(journal)]).started();
  expect(await failure(scene.node.add(bind(scene.journal, 'udp', { create: 'throws' })))).toMatchObject({ code: 'HEDDLE_START_FAILED' });
  expect(scene.names()).toEqual(['gadget']);
  await scene.node.add(bind(scene.journal, 'udp'));
  await scene.expectClosesWhole();
});

test('a plugin is removed by value or by name, and closed', async () => {
  const scene = new Scene((journal) => [stack(journal), bind(journal, 'udp'), bind(journal, 'derp')]);
  await scene.started();
  await scene.node.remove('udp');
  expect(scene.journal.events).toEqual(['close udp']);
  expect(scene.schemes()).toEqual(['derp']);
  expect(scene.names()).toEqual(['stack', 'derp']);
  expect(scene.progress).toEqual(['stopping udp', 'stopped udp']);
  await scene.expectClosesWhole();
});

test('a plugin that another one needs is not removed, and who needs it is named', async () => {
  const scene = await new Scene((journal) => [gadget(journal), toy(journal)]).started();
  expect(await failure(scene.node.remove('gadget'))).toMatchObject(refused(/gadget cannot be removed/, /^toy was given/));
  expect(scene.journal.events).toEqual([]);
  await scene.node.remove('toy');
  await scene.node.add(bind(scene.journal));
  await scene.node.remove('gadget');
  expect(scene.names()).toEqual(['bind']);
  expect(await failure(scene.node.remove('bind'))).toMatchObject(refused(/list of plugins is empty/));
  await scene.expectClosesWhole();
});

test('an unknown plugin cannot be removed or replaced', async () => {
  const scene = await new Scene((journal) => [gadget(journal)]).started();
  for (const call of [scene.node.remove('funnel'), scene.node.replace('funnel', gadget(scene.journal))])
    expect(await failure(call)).toMatchObject({
      code: 'HEDDLE_NO_SUCH_PLUGIN',
      message: expect.stringContaining('no plugin funnel; it has gadget'),
    });
  await scene.expectClosesWhole();
});

test.each([
  ['Bind', (journal: Journal, name: string) => bind(journal, name, {}, 'udp')],
  ['Stack', stack],
  ['Control', control],
  ['path selector', selector],
] as const)('a %s is replaced: the new one opens before the old one closes', async (_, make) => {
  const scene = await new Scene((journal) => [gadget(journal), make(journal, 'old')]).started();
  await scene.node.replace('old', make(scene.journal, 'new'));
  expect(scene.journal.events[0]).toBe('create new');
  expect(scene.journal.events).toContain('open new');
  expect(scene.journal.events).toContain('close old');
  expect([...scene.journal.open]).toEqual(['gadget', 'new']);
  expect(scene.names()).toEqual(['gadget', 'new']);
  expect(scene.node.status().plugins.every((plugin) => plugin.running)).toBe(true);
  expect(scene.progress).toEqual(['starting new', 'started new', 'stopping old', 'stopped old']);
  await scene.expectClosesWhole();
});

test('a Bind that is replaced by one of another scheme is gone with its scheme', async () => {
  const scene = await new Scene((journal) => [bind(journal, 'udp'), bind(journal, 'derp')]).started();
  await scene.node.replace('udp', bind(scene.journal, 'ws'));
  expect(scene.schemes().toSorted()).toEqual(['derp', 'ws']);
  await scene.expectClosesWhole();
});

test('a plugin that is replaced by one without its Stack takes the Stack along', async () => {
  const scene = await new Scene((journal) => [stack(journal, 'old')]).started();
  await scene.node.replace('old', gadget(scene.journal, 'new'));
  expect(() => scene.node.flows).toThrow(expect.objectContaining({ code: 'HEDDLE_UNSUPPORTED' }));
  expect([...scene.journal.open]).toEqual(['new']);
  await scene.expectClosesWhole();
});

test('a plugin is replaced by one of the same name', async () => {
  const scene = await new Scene((journal) => [bind(journal, 'udp')]).started();
  const first = scene.node.get(Tokens.Bind);
  await scene.node.replace('udp', bind(scene.journal, 'udp'));
  expect(scene.node.get(Tokens.Bind)).not.toBe(first);
  expect(scene.schemes()).toEqual(['udp']);
  expect(scene.journal.events).toEqual(['create udp', 'open udp', 'close udp']);
  await scene.node.close();
  expect(scene.clock.armed).toBe(0);
});

test.each(['throws', 'hangs'] as const)('when the new part %s in open, the old one stays in its place', async (fault) => {
  const make = (journal: Journal): Plugin[] => [
    stack(journal, 'oldstack'),
    bind(journal, 'oldbind', {}, 'udp'),
    selector(journal, 'oldpaths'),
  ];
  const scene = await new Scene(make, { limits: { startDeadline: 100 } }).started();
  const [oldStack, oldBind, oldPaths] = [Tokens.Stack, Tokens.Bind, Tokens.PathSelector].map((wanted) =>
    scene.node.get(wanted as Token<unknown>),
  );
  const fresh = [
    ['oldstack', stack(scene.journal, 'new1', { open: fault })],
    ['oldbind', bind(scene.journal, 'new2', { open: fault }, 'udp')],
    ['oldpaths', selector(scene.journal, 'new3', { open: fault })],
  ] as const;
  for (const [old, next] of fresh) {
    const failed = failure(scene.node.replace(old, next));
    await scene.clock.advance(100);
    expect(await failed).toMatchObject({ message: expect.stringContaining(`plugin ${next.name} did not start`) });
  }
  expect([...scene.journal.open].toSorted()).toEqual(['oldbind', 'oldpaths', 'oldstack']);
  expect(scene.names()).toEqual(['oldstack', 'oldbind', 'oldpaths']);
  expect([Tokens.Stack, Tokens.Bind, Tokens.PathSelector].map((wanted) => scene.node.get(wanted as Token<unknown>))).toEqual([
    oldStack,
    oldBind,
    oldPaths,
  ]);
  expect(scene.schemes()).toEqual(['udp']);
  await scene.expectClosesWhole();
});

/** A Bind that shows the number of its try. */
function counted(journal: Journal, shows: number, faults: Faults = {}): Plugin {
  const show = (counters: Counters): Bind => {
    counters.show('udp', { name: `tries_${shows}`, type: 'counter', says: 'Tries.', read: () => shows });
    counters.show('udp', { name: 'tries', type: 'counter', says: 'Tries.', read: () => shows });
    return fakeBind(journal, 'udp', 'udp', faults);
  };
  return definePlugin({ name: 'udp', provides: [provideBind('udp', [Tokens.Counters], show)] });
}

test('the numbers shown are those of the part in use, after a change that failed and after one that did not', async () => {
  const scene = await new Scene((journal) => [gadget(journal)]).started();
  const shown = (): string[] =>
    scene.node
      .get(Tokens.Counters)
      .read()
      .filter(({ plugin }) => plugin === 'udp')
      .map(({ name, samples }) => `${name}: ${samples[0]!.value}`);
  await failure(scene.node.add(counted(scene.journal, 1, { open: 'throws' })));
  expect(shown()).toEqual([]);
  await scene.node.add(counted(scene.journal, 2));
  await failure(scene.node.replace('udp', counted(scene.journal, 3, { open: 'throws' })));
  expect(shown().toSorted()).toEqual(['tries: 2', 'tries_2: 2']);
  await scene.node.replace('udp', counted(scene.journal, 4));
  expect(shown().toSorted()).toEqual(['tries: 4', 'tries_4: 4']);
});

test('a service that another plugin was given is not replaced under it', async () => {
  const scene = await new Scene((journal) => [gadget(journal), toy(journal)]).started();
  expect(await failure(scene.node.replace('gadget', gadget(scene.journal, 'better')))).toMatchObject(
    refused(/gadget cannot be replaced/, /^toy was given/),
  );
  expect(scene.journal.events).toEqual([]);
  await scene.node.replace('toy', toy(scene.journal, 'doll'));
  expect(scene.node.get(Toy).name).toBe('doll');
  await scene.expectClosesWhole();
});

test('what core was built with does not join or leave a running node', async () => {
  const scene = await new Scene((journal) => [vault(journal), gadget(journal)]).started();
  expect(await failure(scene.node.replace('vault', vault(scene.journal, 'safe')))).toMatchObject(refused(/vault cannot be replaced/));
  expect(await failure(scene.node.remove('vault'))).toMatchObject(refused(/vault cannot be removed/));
  const plain = await new Scene((journal) => [gadget(journal)]).started();
  expect(await failure(plain.node.add(vault(plain.journal)))).toMatchObject(refused(/vault cannot join a running node/, /StateStore/));
  await plain.expectClosesWhole();
  await scene.expectClosesWhole();
});

test('who holds Flows and not the Stack lets the Stack be exchanged, and talks to the new one', async () => {
  const Pinger = token<{ ping(): Promise<number> }>('@toy/Pinger');
  const pinger = definePlugin({
    name: 'pinger',
    provides: [provide(Pinger, [Tokens.Flows], (flows) => ({ ping: () => flows.ping!('10.0.0.1', {}) }))],
  });
  const scene = await new Scene((journal) => [stack(journal, 'one', {}, { ping: async () => 1 }), pinger]).started();
  expect(await scene.node.get(Pinger).ping()).toBe(1);
  await scene.node.replace('one', stack(scene.journal, 'two', {}, { ping: async () => 2 }));
  expect(await scene.node.get(Pinger).ping()).toBe(2);
  await scene.expectClosesWhole();
});

test('changes wait for each other and for start, in the order of the calls', async () => {
  const scene = new Scene((journal) => [gadget(journal)]);
  await Promise.all([
    scene.node.start(),
    scene.node.add(toy(scene.journal)),
    scene.node.remove('toy'),
    scene.node.replace('gadget', gadget(scene.journal, 'better')),
  ]);
  const opens = scene.journal.events.filter((event) => !event.startsWith('create'));
  expect(opens).toEqual(['open gadget', 'open toy', 'close toy', 'open better', 'close gadget']);
  await scene.expectClosesWhole();
});

test('before start a change is only checked and noted', async () => {
  const scene = new Scene((journal) => [gadget(journal)]);
  await scene.node.add(toy(scene.journal));
  expect(await failure(scene.node.remove('gadget'))).toMatchObject({ code: 'HEDDLE_COMPOSITION' });
  await scene.node.replace('gadget', gadget(scene.journal, 'better'));
  expect(scene.journal.events).toEqual([]);
  await scene.node.start();
  expect([...scene.journal.open]).toEqual(['better', 'toy']);
  await scene.expectClosesWhole();
});

test('close ends a change that hangs, and then closes everything', async () => {
  const scene = await new Scene((journal) => [bind(journal, 'udp')]).started();
  const failed = failure(scene.node.replace('udp', bind(scene.journal, 'slow', { open: 'hangs' }, 'udp')));
  await settle();
  await scene.node.close();
  expect(await failed).toMatchObject({ code: 'HEDDLE_NOT_RUNNING' });
  expect([...scene.journal.open]).toEqual([]);
  expect(await failure(scene.node.add(gadget(scene.journal)))).toMatchObject({ code: 'HEDDLE_NOT_RUNNING' });
  expect(scene.clock.armed).toBe(0);
});

test('an old part that hangs in close is left behind at its deadline, and named', async () => {
  const scene = await new Scene((journal) => [bind(journal, 'old', { close: 'hangs' }, 'udp')], {
    limits: { stopDeadline: 2_000 },
  }).started();
  const context: { pool?: { of(bytes: Uint8Array): unknown } } = {};
  const next = bind(scene.journal, 'new', {}, 'udp');
  const create = (): unknown => {
    const made = next.provides[0]!.create() as Bind;
    return { ...made, open: async (given: { pool: { of(bytes: Uint8Array): unknown } }) => void Object.assign(context, given) };
  };
  const replaced = scene.node.replace('old', { ...next, provides: [{ ...next.provides[0]!, create }] });
  await scene.clock.advance(2_000);
  await replaced;
  expect(scene.progress).toContain('failed old');
  expect(scene.schemes()).toEqual(['udp']);
  expect(context.pool!.of(new Uint8Array(8))).toBeDefined();
  await scene.node.close();
  expect(scene.clock.armed).toBe(0);
});

test('a replaced part loses its packet memory at the drain deadline, even while it hangs in close', async () => {
  const scene = new Scene(() => [gadget(new Journal())], { limits: { drainDeadline: 500, stopDeadline: 2_000 } });
  let pool: { of(bytes: Uint8Array): unknown } | undefined;
  const old = bind(scene.journal, 'old', { close: 'hangs' }, 'udp');
  const create = (): unknown => ({
    ...(old.provides[0]!.create() as Bind),
    open: async (context: { pool: typeof pool }) => {
      pool = context.pool;
    },
  });
  await scene.started();
  await scene.node.add({ ...old, provides: [{ ...old.provides[0]!, create }] });
  const replaced = scene.node.replace('old', bind(scene.journal, 'new', {}, 'udp'));
  await scene.clock.advance(499);
  expect(pool!.of(new Uint8Array(8))).toBeDefined();
  await scene.clock.advance(1);
  expect(pool!.of(new Uint8Array(8))).toBeUndefined();
  await scene.clock.advance(2_000);
  await replaced;
  await scene.node.close();
  expect(scene.clock.armed).toBe(0);
});

test('a part that cannot take its place gives the places back to the old plugin', async () => {
  const journal = new Journal();
  const both = (name: string, faults = {}): Plugin =>
    definePlugin({ name, provides: [...stack(journal, `${name}.stack`).provides, ...selector(journal, `${name}.paths`, faults).provides] });
  const clock = new HandClock();
  const node = createNode({ clock }, [both('old')]);
  await node.start();
  const kept = node.get(Tokens.Stack);
  expect(await failure(node.replace('old', both('new', { open: 'throws' })))).toMatchObject({ code: 'HEDDLE_START_FAILED' });
  expect([...journal.open].toSorted()).toEqual(['old.paths', 'old.stack']);
  expect(node.get(Tokens.Stack)).toBe(kept);
  expect(node.status().plugins).toMatchObject([{ name: 'old', running: true }]);
  await node.close();
  expect([...journal.open]).toEqual([]);
});
