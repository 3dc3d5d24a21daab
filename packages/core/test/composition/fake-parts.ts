import {
  type Bind,
  type Control,
  type ControlState,
  definePlugin,
  type FlowLayer,
  type Health,
  type LocalEndpoint,
  type NetmapChange,
  type PacketBatch,
  PacketStream,
  type PathSelector,
  type Plugin,
  provide,
  provideBind,
  provideControl,
  providePathSelector,
  provideStack,
  type Stack,
  type StateStore,
  Tokens,
  token,
} from '@heddle/core';
import { BehaviorSubject, NEVER, Subject } from 'rxjs';

/** Where a part misbehaves, and how. */
export type Fault = 'throws' | 'hangs';
export type Step = 'create' | 'open' | 'close';
/** Looked at when the step is taken, so that a test can mend a part between two starts. */
export type Faults = Partial<Record<Step, Fault>>;

const HEALTHY: Health = { ok: true, since: 0 };

/** Everything that happened to the parts of one test, in order, and what is open now. */
export class Journal {
  readonly events: string[] = [];
  readonly open = new Set<string>();

  /** A step of a part, which is told here and may then misbehave. */
  async step(name: string, step: Step, faults: Faults): Promise<void> {
    this.events.push(`${step} ${name}`);
    if (step === 'open') this.open.add(name);
    await misbehave(faults[step]);
    if (step === 'close') this.open.delete(name);
  }

  created(name: string, faults: Faults): void {
    this.events.push(`create ${name}`);
    if (faults.create === 'throws') throw new Error(`${name} cannot be made`);
  }
}

async function misbehave(fault: Fault | undefined): Promise<void> {
  if (fault === 'throws') throw new Error('broken on purpose');
  if (fault === 'hangs') await new Promise(() => {});
}

export function fakeBind(journal: Journal, name: string, scheme: string, faults: Faults = {}): Bind {
  journal.created(name, faults);
  const stream = new PacketStream<PacketBatch>();
  return {
    contract: 1,
    scheme,
    traits: { relay: false, largestDatagram: 65_507, headroom: 0, tailroom: 0 },
    datagrams$: stream.stream$,
    localEndpoints$: new BehaviorSubject<readonly LocalEndpoint[]>([]),
    health$: new BehaviorSubject(HEALTHY),
    writable$: new BehaviorSubject(true),
    open: () => journal.step(name, 'open', faults),
    close: () => journal.step(name, 'close', faults),
    send: (_to, batch) => batch.count,
    parse: () => undefined,
  };
}

export function fakeStack(journal: Journal, name: string, faults: Faults = {}, flows?: FlowLayer): Stack {
  journal.created(name, faults);
  return {
    contract: 1,
    traits: { superPackets: false, headroom: 0 },
    packets$: new PacketStream<PacketBatch>().stream$,
    health$: new BehaviorSubject(HEALTHY),
    open: () => journal.step(name, 'open', faults),
    close: () => journal.step(name, 'close', faults),
    deliver: (batch) => batch.count,
    pause: () => {},
    configure: async () => {},
    ...(flows && { flows }),
  };
}

export interface FakeControl extends Control {
  readonly netmap$: Subject<NetmapChange>;
  readonly state$: BehaviorSubject<ControlState>;
}

export function fakeControl(journal: Journal, name: string, faults: Faults = {}): FakeControl {
  journal.created(name, faults);
  return {
    contract: 1,
    netmap$: new Subject<NetmapChange>(),
    state$: new BehaviorSubject<ControlState>({ is: 'online' }),
    health$: NEVER,
    open: () => journal.step(name, 'open', faults),
    close: () => journal.step(name, 'close', faults),
    publish: () => {},
  };
}

/** A selector whose prober opens and closes. */
export function fakeSelector(journal: Journal, name: string, faults: Faults = {}): PathSelector {
  journal.created(name, faults);
  return {
    contract: 1,
    decide: () => ({ primary: undefined, reason: 'fake' }),
    prober: {
      open: () => journal.step(name, 'open', faults),
      close: () => journal.step(name, 'close', faults),
      claims: () => false,
      received: () => {},
      candidates$: NEVER,
    },
  };
}

export const Toy = token<{ readonly name: string }>('@toy/Toy');
export const Gadget = token<{ readonly name: string }>('@toy/Gadget');

export function bind(journal: Journal, name = 'bind', faults: Faults = {}, scheme = name): Plugin {
  return definePlugin({ name, provides: [provideBind(scheme, [], () => fakeBind(journal, name, scheme, faults))] });
}
export function stack(journal: Journal, name = 'stack', faults: Faults = {}, flows?: FlowLayer): Plugin {
  return definePlugin({ name, provides: [provideStack([], () => fakeStack(journal, name, faults, flows))] });
}
export function control(journal: Journal, name = 'control', faults: Faults = {}): Plugin {
  return definePlugin({ name, provides: [provideControl([], () => fakeControl(journal, name, faults))] });
}
export function selector(journal: Journal, name = 'selector', faults: Faults = {}): Plugin {
  return definePlugin({ name, provides: [providePathSelector([], () => fakeSelector(journal, name, faults))] });
}
/** Provides Gadget. */
export function gadget(journal: Journal, name = 'gadget', faults: Faults = {}): Plugin {
  return definePlugin({ name, provides: [provide(Gadget, [], () => named(journal, name, faults), lifecycle(journal, name, faults))] });
}
/** Provides Toy and needs Gadget. */
export function toy(journal: Journal, name = 'toy', faults: Faults = {}): Plugin {
  return definePlugin({ name, provides: [provide(Toy, [Gadget], () => named(journal, name, faults), lifecycle(journal, name, faults))] });
}

function named(journal: Journal, name: string, faults: Faults): { readonly name: string } {
  journal.created(name, faults);
  return { name };
}

function lifecycle(journal: Journal, name: string, faults: Faults): { start(): Promise<void>; stop(): Promise<void> } {
  return { start: () => journal.step(name, 'open', faults), stop: () => journal.step(name, 'close', faults) };
}

/** A state store that tells the journal. */
export function fakeState(journal: Journal, name = 'state', faults: Faults = {}): StateStore {
  const values = new Map<string, string>();
  return {
    open: () => journal.step(name, 'open', faults),
    close: () => journal.step(name, 'close', faults),
    get: (key) => values.get(key),
    set: async (key, value) => void values.set(key, value ?? ''),
  };
}
/** Keeps state as a plugin. */
export function vault(journal: Journal, name = 'vault', faults: Faults = {}): Plugin {
  const create = (): StateStore => {
    journal.created(name, faults);
    return fakeState(journal, name, faults);
  };
  return definePlugin({ name, provides: [provide(Tokens.StateStore, [], create)] });
}
