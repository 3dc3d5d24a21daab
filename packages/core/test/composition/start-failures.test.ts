import { createNode, type HeddleNode, type NodeOptions, type Plugin, type Progress } from '@heddle/core';
import { describe, expect, test } from 'vitest';
import { bind, control, type Fault, type Faults, gadget, Journal, type Step, selector, stack, toy, vault } from './fake-parts.js';
import { HandClock, settle } from './virtual-clock.js';

/** In the order of starting. */
const MAKERS = { vault, stack, bind, selector, control, gadget, toy } as const;
type Name = keyof typeof MAKERS;
const NAMES = Object.keys(MAKERS) as Name[];

/** A node of one part of each kind, of which one misbehaves. */
class Scene {
  readonly journal = new Journal();
  readonly clock = new HandClock();
  readonly faults: Faults = {};
  readonly progress: Progress[] = [];
  readonly node: HeddleNode;

  constructor(broken?: Name, step: Step = 'open', fault: Fault = 'throws', options: NodeOptions = {}) {
    if (broken !== undefined) this.faults[step] = fault;
    const part = (name: Name): Plugin => MAKERS[name](this.journal, name, name === broken ? this.faults : {});
    this.node = createNode({ clock: this.clock, ...options }, NAMES.toReversed().map(part));
    this.node.progress$.subscribe((progress) => this.progress.push(progress));
  }

  opened(): string[] {
    return this.journal.events.filter((event) => event.startsWith('open ')).map((event) => event.slice(5));
  }
  closed(): string[] {
    return this.journal.events.filter((event) => event.startsWith('close ')).map((event) => event.slice(6));
  }

  /** Nothing is open, nothing is armed, and what was opened was closed in reverse. */
  expectUnwound(): void {
    expect([...this.journal.open]).toEqual([]);
    expect(this.closed()).toEqual(this.opened().toReversed());
    expect(this.clock.armed).toBe(0);
  }

  /** The mended node starts with new parts, and stops. */
  async expectStartsNow(): Promise<void> {
    this.faults.create = this.faults.open = this.faults.close = undefined as never;
    this.journal.events.length = 0;
    await this.node.start();
    expect(this.opened()).toEqual(NAMES);
    expect(this.journal.events.filter((event) => event.startsWith('create'))).toHaveLength(NAMES.length);
    await this.node.close();
    this.expectUnwound();
  }
}

const failure = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => expect.unreachable(),
    (error: unknown) => error,
  );

describe.each(NAMES)('when %s', (name) => {
  test('cannot be made, nothing has started but the state, and the error names it', async () => {
    const scene = new Scene(name, 'create');
    const error = await failure(scene.node.start());
    expect(error).toMatchObject({ code: 'HEDDLE_START_FAILED', cause: { message: `${name} cannot be made` } });
    expect((error as Error).message).toContain(`plugin ${name} could not build`);
    expect(scene.opened()).toEqual(name === 'vault' ? [] : ['vault']);
    scene.expectUnwound();
    await scene.expectStartsNow();
  });

  test('fails to open, all before it is unwound in reverse, and start may be tried again', async () => {
    const scene = new Scene(name);
    const error = await failure(scene.node.start());
    expect(error).toMatchObject({ code: 'HEDDLE_START_FAILED', cause: { message: 'broken on purpose' } });
    expect((error as Error).message).toContain(`plugin ${name} did not start`);
    expect(scene.opened()).toEqual(NAMES.slice(0, NAMES.indexOf(name) + 1));
    scene.expectUnwound();
    expect(scene.node.status()).toMatchObject({ life: 'made' });
    expect(scene.node.status().plugins.find((it) => it.name === name)).toMatchObject({
      running: false,
      health: { ok: false, code: 'HEDDLE_START_FAILED' },
    });
    expect(scene.progress).toContainEqual({ plugin: name, step: 'failed', error });
    await scene.expectStartsNow();
  });

  test('G6 hangs in open, the deadline of the node ends it and names it', async () => {
    const scene = new Scene(name, 'open', 'hangs', { limits: { startDeadline: 700 } });
    const failed = failure(scene.node.start());
    await scene.clock.advance(699);
    expect(scene.journal.open.has(name)).toBe(true);
    await scene.clock.advance(1);
    expect(await failed).toMatchObject({ code: 'HEDDLE_START_DEADLINE', message: expect.stringContaining(`plugin ${name} did not start`) });
    scene.expectUnwound();
    await scene.expectStartsNow();
  });

  test('is opening and the caller aborts, start rejects with the reason and everything is unwound', async () => {
    const scene = new Scene(name, 'open', 'hangs');
    const caller = new AbortController();
    const failed = failure(scene.node.start({ signal: caller.signal }));
    await settle();
    expect(scene.journal.open.has(name)).toBe(true);
    const reason = new Error('changed my mind');
    caller.abort(reason);
    expect(await failed).toBe(reason);
    scene.expectUnwound();
    await scene.expectStartsNow();
  });

  test('is opening and the node is closed, start rejects and everything is unwound', async () => {
    const scene = new Scene(name, 'open', 'hangs');
    const failed = failure(scene.node.start());
    await settle();
    await scene.node.close();
    expect(await failed).toMatchObject({ code: 'HEDDLE_NOT_RUNNING' });
    scene.expectUnwound();
    expect(scene.node.status().life).toBe('closed');
  });

  test('G6 throws in close, the others are closed nevertheless and it is named', async () => {
    const scene = new Scene(name, 'close');
    await scene.node.start();
    await scene.node.close();
    expect(scene.closed()).toEqual(NAMES.toReversed());
    expect([...scene.journal.open]).toEqual([name]);
    expect(scene.clock.armed).toBe(0);
    expect(scene.node.status().plugins.find((it) => !it.health.ok)).toMatchObject({ name, health: { code: 'HEDDLE_STOP_FAILED' } });
    expect(scene.progress.filter((it) => it.step === 'failed')).toMatchObject([{ plugin: name, error: { code: 'HEDDLE_STOP_FAILED' } }]);
    expect(scene.progress).not.toContainEqual({ plugin: name, step: 'stopped' });
  });

  test('G6 hangs in close, the deadline of the node ends the wait and it is named', async () => {
    const scene = new Scene(name, 'close', 'hangs', { limits: { stopDeadline: 300 } });
    await scene.node.start();
    const closed = scene.node.close();
    await scene.clock.advance(300);
    await closed;
    expect(scene.closed()).toEqual(NAMES.toReversed());
    expect(scene.clock.armed).toBe(0);
    expect(scene.node.status().plugins.find((it) => !it.health.ok)).toMatchObject({ name, health: { code: 'HEDDLE_STOP_DEADLINE' } });
  });
});

test('a plugin has the deadline that it declares', async () => {
  const journal = new Journal();
  const clock = new HandClock();
  const node = createNode({ clock }, [{ ...gadget(journal, 'slow', { open: 'hangs' }), deadline: 50 }]);
  const failed = failure(node.start());
  await clock.advance(50);
  expect(await failed).toMatchObject({ code: 'HEDDLE_START_DEADLINE', message: expect.stringContaining('within 50 ms') });
});

test('the signal that a part was given aborts at its deadline', async () => {
  const clock = new HandClock();
  const signals: AbortSignal[] = [];
  const plugin = gadget(new Journal());
  const start = (_: unknown, signal: AbortSignal): Promise<void> => {
    signals.push(signal);
    return new Promise(() => {});
  };
  const lifecycle = { start };
  const node = createNode({ clock }, [{ ...plugin, deadline: 10, provides: [{ ...plugin.provides[0]!, lifecycle }] }]);
  const failed = failure(node.start());
  await clock.advance(9);
  expect(signals[0]!.aborted).toBe(false);
  await clock.advance(1);
  expect(signals[0]!.aborted).toBe(true);
  await failed;
});

test('a part that opens too late never takes its place', async () => {
  const journal = new Journal();
  const clock = new HandClock();
  let open = (): void => {};
  const late = new Promise<void>((resolve) => {
    open = resolve;
  });
  const plugin = bind(journal);
  const create = (): unknown => ({ ...(plugin.provides[0]!.create() as object), open: () => late });
  const node = createNode({ clock, limits: { startDeadline: 5 } }, [{ ...plugin, provides: [{ ...plugin.provides[0]!, create }] }]);
  const failed = failure(node.start());
  await clock.advance(5);
  await failed;
  open();
  await settle();
  expect(node.status()).toMatchObject({ life: 'made', counters: [] });
});

test('a signal that has aborted already starts nothing', async () => {
  const scene = new Scene();
  const reason = new Error('too late');
  expect(await failure(scene.node.start({ signal: AbortSignal.abort(reason) }))).toBe(reason);
  expect(scene.journal.events).toEqual([]);
  await scene.expectStartsNow();
});

test('a factory that returns nothing, or a promise, is named', async () => {
  const journal = new Journal();
  const returning = (value: unknown): Plugin => {
    const plugin = gadget(journal);
    return { ...plugin, provides: [{ ...plugin.provides[0]!, create: () => value }] };
  };
  for (const [value, text] of [
    [undefined, 'returned nothing'],
    [Promise.reject(new Error('x')), 'returned a promise'],
  ] as const)
    expect(await failure(createNode({}, [returning(value)]).start())).toMatchObject({
      code: 'HEDDLE_START_FAILED',
      message: expect.stringMatching(`plugin gadget could not build @toy/Gadget: its factory ${text}`),
    });
});

test('a Bind that is built with another scheme than declared, for another contract, or without a member, is refused', async () => {
  const journal = new Journal();
  const changed = (change: object): Plugin => {
    const plugin = bind(journal);
    const create = (): unknown => ({ ...(plugin.provides[0]!.create() as object), ...change });
    return { ...plugin, provides: [{ ...plugin.provides[0]!, create }] };
  };
  expect(await failure(createNode({}, [changed({ scheme: 'tcp' })]).start())).toMatchObject({
    message: expect.stringContaining('declared with the scheme "bind" and was built with "tcp"'),
  });
  expect(await failure(createNode({}, [changed({ contract: 2 })]).start())).toMatchObject({
    message: expect.stringContaining('speaks contract 2'),
  });
  expect(await failure(createNode({}, [changed({ send: undefined, parse: 'later' })]).start())).toMatchObject({
    message: expect.stringContaining('plugin bind could not build @heddle/core/Bind: what its factory returned has no send, parse'),
  });
});

test('start on a node that is starting, running or closed is refused with a code', async () => {
  const { node } = new Scene();
  const first = node.start();
  expect(await failure(node.start())).toMatchObject({ code: 'HEDDLE_ALREADY_STARTED', message: expect.stringContaining('starting') });
  await first;
  expect(await failure(node.start())).toMatchObject({ code: 'HEDDLE_ALREADY_STARTED', message: expect.stringContaining('running') });
  await node.close();
  expect(await failure(node.start())).toMatchObject({ code: 'HEDDLE_ALREADY_STARTED', message: expect.stringContaining('closed') });
});

test('close before start, and close twice, do nothing more', async () => {
  const scene = new Scene();
  await scene.node.close();
  expect(scene.journal.events).toEqual([]);
  const other = new Scene();
  await other.node.start();
  const first = other.node.close();
  expect(other.node.close()).toBe(first);
  await first;
  await other.node.close();
  other.expectUnwound();
});

test('await using closes the node', async () => {
  const scene = new Scene();
  {
    await using node = scene.node;
    await node.start();
    expect(scene.journal.open.size).toBe(NAMES.length);
  }
  scene.expectUnwound();
});

test('progress tells each plugin once starting, started, stopping and stopped', async () => {
  const scene = new Scene();
  await scene.node.start();
  await scene.node.close();
  const steps = scene.progress.filter((it) => it.plugin !== '@heddle/core').map((it) => `${it.step} ${it.plugin}`);
  expect(steps).toEqual([
    ...NAMES.flatMap((name) => [`starting ${name}`, `started ${name}`]),
    ...NAMES.toReversed().flatMap((name) => [`stopping ${name}`, `stopped ${name}`]),
  ]);
});

test('life$ tells where the node is, and a late subscriber learns that it is closed', async () => {
  const { node } = new Scene();
  const states: string[] = [];
  node.life$.subscribe((state) => states.push(state));
  await node.start();
  await node.close();
  expect(states).toEqual(['made', 'starting', 'running', 'stopping', 'closed']);
  const late: string[] = [];
  node.life$.subscribe({ next: (state) => late.push(state), complete: () => late.push('complete') });
  expect(late).toEqual(['closed', 'complete']);
});
