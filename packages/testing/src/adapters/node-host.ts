import type { HandleWatch, Host } from '../rules/foundation/host.js';
import type { RuleTime } from '../rules/foundation/rule-time.js';
import { watchAmbient } from './ambient.js';

/** The part of Node's `process` that is used; handed in, so that the rules themselves run anywhere. */
export interface NodeProcess {
  getBuiltinModule(id: string): object | undefined;
  on(event: string, listener: (fault: unknown) => void): unknown;
  off(event: string, listener: (fault: unknown) => void): unknown;
}

interface Timers {
  setTimeout(run: () => void, milliseconds: number): object;
  clearTimeout(timer: object): void;
  setImmediate(run: () => void): object;
  clearImmediate(immediate: object): void;
}
interface AsyncHooks {
  createHook(hooks: { init(id: number, type: string, trigger: number, resource: object): void; destroy?(id: number): void }): {
    enable(): void;
    disable(): void;
  };
  readonly AsyncLocalStorage: new () => { run<T>(store: true, call: () => T): T; getStore(): true | undefined; disable(): void };
}
interface PerfHooks {
  readonly performance: { now(): number; readonly timeOrigin: number };
}

const ASYNC = new Set(['PROMISE', 'Timeout', 'Immediate', 'TickObject', 'Microtask']);

/** What keeps a process alive until somebody closes it. */
const HANDLES = new Set([
  'Timeout',
  'UDPWRAP',
  'TCPWRAP',
  'TCPSERVERWRAP',
  'PIPEWRAP',
  'PIPESERVERWRAP',
  'PROCESSWRAP',
  'FSEVENTWRAP',
  'STATWATCHER',
  'SIGNALWRAP',
  'WORKER',
]);

/** Node as a host of rules: `nodeHost(process)`. */
export function nodeHost(process: NodeProcess): Host {
  const timers = process.getBuiltinModule('node:timers') as Timers;
  const hooks = process.getBuiltinModule('node:async_hooks') as AsyncHooks;
  return {
    turn: () => new Promise((done) => timers.setTimeout(() => timers.setImmediate(done), 0)),
    soon: () => new Promise((done) => timers.setImmediate(done)),
    watchFaults: () => watchFaults(process),
    countAsync: () => countAsync(hooks),
    watchHandles: () => watchHandles(hooks),
    watchAmbient,
  };
}

/** Milliseconds in which a datagram on the same machine arrives. */
const SETTLE = 20;

/** Milliseconds between two looks at whether something has happened. */
const POLL = 2;

/** Looks from turn to turn of the event loop, before the waiting begins: on the same machine most is there by then. */
const QUICK_LOOKS = 16;

/** Real time, for parts with real sockets: `nodeTime(process)`. Waits three seconds before it calls something stuck. */
export function nodeTime(process: NodeProcess, settle: number = SETTLE): RuleTime {
  const timers = process.getBuiltinModule('node:timers') as Timers;
  const { performance } = process.getBuiltinModule('node:perf_hooks') as PerfHooks;
  return {
    clock: {
      now: () => performance.now(),
      wall: () => performance.timeOrigin + performance.now(),
      at(time, run) {
        if (time === Number.POSITIVE_INFINITY) return () => {};
        return time <= performance.now() ? soon(timers, run) : later(timers, time - performance.now(), run);
      },
    },
    // The turn after the wait reads what is in the sockets: on a busy machine the wait itself may be over before they were looked at.
    settle: () => new Promise((done) => timers.setTimeout(() => timers.setImmediate(done), settle)),
    poll: (round) => new Promise((done) => void (round < QUICK_LOOKS ? timers.setImmediate(done) : timers.setTimeout(done, POLL))),
    patience: QUICK_LOOKS + Math.ceil(3_000 / POLL),
  };
}

/** In the next turn of the event loop, as with the clock of a node. */
function soon(timers: Timers, run: () => void): () => void {
  const immediate = timers.setImmediate(run);
  return () => timers.clearImmediate(immediate);
}

function later(timers: Timers, milliseconds: number, run: () => void): () => void {
  const timer = timers.setTimeout(run, milliseconds);
  return () => timers.clearTimeout(timer);
}

function watchFaults(process: NodeProcess): () => readonly unknown[] {
  const faults: unknown[] = [];
  const listener = (fault: unknown): void => void faults.push(fault);
  const events = ['unhandledRejection', 'uncaughtExceptionMonitor'];
  for (const event of events) process.on(event, listener);
  return () => {
    for (const event of events) process.off(event, listener);
    return faults;
  };
}

function countAsync(hooks: AsyncHooks): () => number {
  let count = 0;
  const hook = hooks.createHook({
    init(_id, type) {
      if (ASYNC.has(type)) count += 1;
    },
  });
  hook.enable();
  return () => {
    hook.disable();
    return count;
  };
}

interface Handle {
  readonly type: string;
  readonly resource: { hasRef?(): boolean };
}

/** Those that are made in the context of a call, or of what follows from it: others in the process make timers, too. */
function watchHandles({ createHook, AsyncLocalStorage }: AsyncHooks): HandleWatch {
  const context = new AsyncLocalStorage();
  const open = new Map<number, Handle>();
  const hook = createHook({
    init(id, type, _trigger, resource) {
      if (HANDLES.has(type) && context.getStore() === true) open.set(id, { type, resource });
    },
    destroy: (id) => void open.delete(id),
  });
  hook.enable();
  return {
    run: (call) => context.run(true, call),
    left: () => [...open.values()].filter(({ resource }) => resource.hasRef?.() === true).map(({ type }) => type),
    end() {
      hook.disable();
      context.disable();
    },
  };
}
