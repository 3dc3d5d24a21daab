import type { Observable } from 'rxjs';
import { buildFault, textOf } from '../composition/compose.js';
import { KERNEL } from '../composition/core-services.js';
import type { Service } from '../composition/graph.js';
import { CONTRACT, type Lifecycle } from '../composition/plugin.js';
import { Tokens } from '../composition/tokens.js';
import type { Bind, PartContext } from '../contracts/bind.js';
import type { Control, SelfUpdate } from '../contracts/control.js';
import type { PathSelector } from '../contracts/path-selector.js';
import type { Stack } from '../contracts/stack.js';
import type { StateStore } from '../contracts/state-store.js';
import type { Health } from '../contracts/surroundings.js';
import type { Kernel } from '../data-plane/kernel.js';
import type { OfferKeeper } from '../offers/offer-keeper.js';
import { publishOffers } from '../offers/publish-offers.js';
import type { PreferenceService } from '../preferences/preferences.js';
import { publishPreferences } from '../preferences/publish-preferences.js';
import type { Following } from './current-flows.js';
import type { NodeStreams } from './node-streams.js';

type Done = Promise<void> | void;

/** The life of one built service: open → enter (takes its place in the data plane) → leave → close. */
export interface Life {
  open?(signal: AbortSignal): Done;
  enter?(): Done;
  leave?(): Done;
  close?(): Done;
  /** Takes back the packet memory that it still holds. */
  revoke?(): void;
}

export interface Part {
  readonly service: Service;
  readonly value: unknown;
  readonly life: Life;
}

/** What parts live in. */
export interface Place {
  kernel(): Kernel;
  readonly streams: NodeStreams;
  /** Those of control's concern are told to it. */
  readonly preferences: PreferenceService;
  /** As preferences. */
  readonly offers: OfferKeeper;
  readonly following: Following;
}

export function partOf(service: Service, value: unknown, place: Place): Part {
  checkPart(service, value);
  const life = LIVES.get(service.provision.token.id)?.(value, service.plugin.name, place) ?? lifeOfService(service, value, place);
  return { service, value, life };
}

/** What a declaration says of a part must hold of the part that was built. */
function checkPart(service: Service, value: unknown): void {
  const { token, scheme } = service.provision;
  if (!SPOKEN.has(token.id)) return;
  const part = value as { readonly contract?: unknown; readonly scheme?: unknown };
  if (part.contract !== CONTRACT)
    throw buildFault(service, `it speaks contract ${String(part.contract)}, and this core speaks ${CONTRACT}`);
  if (scheme !== undefined && part.scheme !== scheme)
    throw buildFault(service, `it is declared with the scheme "${scheme}" and was built with "${String(part.scheme)}"`);
  const missing =
    SPOKEN.get(token.id)?.filter((member) => typeof (value as Readonly<Record<string, unknown>>)[member] !== 'function') ?? [];
  if (missing.length > 0) throw buildFault(service, `what its factory returned has no ${missing.join(', ')}`);
}

/** The contracts, and the functions of each that every part must have. */
const SPOKEN: ReadonlyMap<symbol, readonly string[]> = new Map([
  [Tokens.Bind.id, ['open', 'close', 'send', 'parse']],
  [Tokens.Stack.id, ['open', 'close', 'deliver', 'pause', 'configure']],
  [Tokens.Control.id, ['open', 'close', 'publish']],
  [Tokens.PathSelector.id, ['decide']],
]);

type MakeLife = (value: unknown, plugin: string, place: Place) => Life;

const LIVES: ReadonlyMap<symbol, MakeLife> = new Map<symbol, MakeLife>([
  [Tokens.StateStore.id, (value) => lifeOfState(value as StateStore)],
  [KERNEL.id, (value, _plugin, place) => lifeOfKernel(value as Kernel, place)],
  [Tokens.Bind.id, (value, plugin, place) => lifeOfBind(value as Bind, plugin, place)],
  [Tokens.Stack.id, (value, plugin, place) => lifeOfStack(value as Stack, plugin, place)],
  [Tokens.PathSelector.id, (value, plugin, place) => lifeOfSelector(value as PathSelector, plugin, place)],
  [Tokens.Control.id, (value, plugin, place) => lifeOfControl(value as Control, plugin, place)],
]);

function lifeOfState(state: StateStore): Life {
  return { open: (signal) => state.open(signal), close: () => state.close() };
}

function lifeOfKernel(kernel: Kernel, place: Place): Life {
  return {
    open: () => place.streams.attachKernel(kernel),
    close: () => {
      kernel.close();
      place.streams.detachKernel();
    },
  };
}

function lifeOfBind(bind: Bind, plugin: string, place: Place): Life {
  return {
    ...lent(bind, plugin, place),
    enter: () => place.kernel().addBind(bind, plugin),
    leave: () => place.kernel().removeBind(bind),
    close: () => bind.close(),
  };
}

function lifeOfStack(stack: Stack, plugin: string, place: Place): Life {
  const { interceptions, ports } = place.following;
  const inUse = { plugin, flows: stack.flows };
  return {
    ...lent(stack, plugin, place),
    enter: async () => {
      interceptions.use(stack.flows);
      await place.kernel().setStack(stack, plugin);
      await ports.use(inUse);
    },
    leave: async () => {
      interceptions.leave(stack.flows);
      await ports.leave(inUse);
      await place.kernel().setStack(undefined, plugin);
    },
    close: () => stack.close(),
  };
}

/** Opens a part with a context of its own. */
function lent(part: Bind | Stack, plugin: string, place: Place): Pick<Life, 'open' | 'revoke'> {
  let context: PartContext | undefined;
  return {
    open: (signal) => {
      context = place.kernel().context(plugin);
      return part.open(context, signal);
    },
    revoke: () => {
      if (context !== undefined) place.kernel().revoke(context);
    },
  };
}

function lifeOfSelector(selector: PathSelector, plugin: string, place: Place): Life {
  return {
    enter: () => place.kernel().setSelector(selector, plugin),
    leave: () => place.kernel().setSelector(undefined, plugin),
  };
}

function lifeOfControl(control: Control, plugin: string, { kernel, streams, preferences, offers }: Place): Life {
  const fault = (): void =>
    streams.setHealth({ plugin, ok: false, code: 'HEDDLE_PLUGIN_FAULT', text: 'its state$ ended with an error', since: 0 });
  const publish = (): (() => void) => {
    const tell = (update: SelfUpdate): void => control.publish(update);
    const ends = [publishPreferences(preferences, tell), publishOffers(offers, tell)];
    return () => ends.forEach((end) => void end());
  };
  let quiet = (): void => {};
  return {
    open: (signal) => {
      // Also before: a control that registers at once should do so under the name that was chosen.
      publish()();
      return control.open(kernel().context(plugin), signal);
    },
    enter: () => {
      streams.attachControl(control, fault);
      quiet = publish();
      return kernel().setControl(control, plugin);
    },
    leave: () => {
      quiet();
      streams.detachControl();
      return kernel().setControl(undefined, plugin);
    },
    close: () => control.close(),
  };
}

function lifeOfService(service: Service, value: unknown, { streams }: Place): Life {
  const { start, stop, health } = (service.provision.lifecycle ?? {}) as Lifecycle<unknown>;
  return {
    ...(start && { open: (signal: AbortSignal) => start(value, signal) }),
    ...(health && showing(() => health(value), service.plugin.name, streams)),
    ...(stop && { close: () => stop(value) }),
  };
}

function showing(health: () => Observable<Health> | undefined, plugin: string, streams: NodeStreams): Pick<Life, 'enter' | 'leave'> {
  let shown: { unsubscribe(): void } | undefined;
  const error = (fault: unknown): void => {
    const text = `its health ended with an error: ${textOf(fault)}`;
    streams.setHealth({ plugin, ok: false, code: 'HEDDLE_PLUGIN_FAULT', text, since: 0 });
  };
  return {
    enter: () => {
      shown = health()?.subscribe({ next: (next) => streams.setHealth({ plugin, ...next }), error });
    },
    leave: () => shown?.unsubscribe(),
  };
}
