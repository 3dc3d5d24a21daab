import { Composition } from '../composition/compose.js';
import { KERNEL } from '../composition/core-services.js';
import type { Graph, Service } from '../composition/graph.js';
import { startOrder } from '../composition/order.js';
import type { Plugin, Provision } from '../composition/plugin.js';
import type { Token } from '../composition/token.js';
import { Tokens } from '../composition/tokens.js';
import type { Kernel } from '../data-plane/kernel.js';
import type { OfferKeeper } from '../offers/offer-keeper.js';
import type { PreferenceService } from '../preferences/preferences.js';
import type { Following } from './current-flows.js';
import type { NodeStreams } from './node-streams.js';
import { type Part, partOf } from './part.js';
import { Stages } from './stages.js';
import { Swap } from './swap.js';

export interface AssemblyOptions {
  readonly graph: Graph;
  readonly streams: NodeStreams;
  readonly preferences: PreferenceService;
  readonly offers: OfferKeeper;
  readonly following: Following;
  /** Reads the identity from its store, and keeps it where core's Identity provision finds it. */
  readonly loadIdentity: (given: Composed) => Promise<void>;
}

/** Services by token, while they are being built. */
export type Composed = <T>(token: Token<T>) => T;

/** One start of a node: the services that it built and the parts that run. A new start is a new assembly. */
export class Assembly {
  readonly #options: AssemblyOptions;
  readonly #stages: Stages;
  readonly #made = new Map<Provision, unknown>();
  #graph: Graph;
  /** Only while something is being built: a container costs more memory than all that it has made. */
  #container: Composition | undefined;
  /** In the order in which they were started. */
  #parts: readonly Part[] = [];

  constructor(options: AssemblyOptions) {
    this.#options = options;
    this.#graph = options.graph;
    const clock = this.#single(Tokens.Clock);
    this.#stages = new Stages({ clock, limits: this.#single(Tokens.Limits), streams: options.streams });
  }

  /** What runs, or is starting: in the order of starting. */
  get parts(): readonly Part[] {
    return this.#parts;
  }

  /** The service, if it has been built. */
  service(provision: Provision): unknown {
    return this.#made.get(provision);
  }

  /** True when all that the plugin provides is at work. */
  isRunning(plugin: Plugin): boolean {
    return this.#stages.isRunning(plugin);
  }

  /** The state and the identity first, so that factories find them; then everything is built; then everything is started. Does not unwind. */
  async start(signal: AbortSignal): Promise<void> {
    const order = startOrder(this.#graph);
    const at = order.findIndex((service) => service.provision.token.id === Tokens.Identity.id);
    await this.#startAll(
      order.slice(0, at).map((service) => this.#build(service)),
      signal,
    );
    const { loadIdentity } = this.#options;
    await this.#stages.attempt(order[at]!, signal, () => loadIdentity((token) => this.#single(token)));
    await this.#startAll(
      order.slice(at).map((service) => this.#build(service)),
      signal,
    );
    this.#container = undefined;
  }

  /** Stops everything, the last first. Never rejects; may be called after a failed start. */
  async stop(): Promise<void> {
    for (const part of this.#parts.toReversed()) await this.#stages.stop(part);
    this.#parts = [];
  }

  /** Builds and starts a plugin beside those that run. When it fails, its own parts are stopped again. */
  async add(plugin: Plugin, graph: Graph, signal: AbortSignal): Promise<void> {
    const before = this.#parts;
    try {
      await this.#startAll(this.#buildPlugin(plugin, graph), signal);
      this.#settle(graph, this.#parts);
    } catch (fault) {
      for (const part of this.#parts.slice(before.length).toReversed()) await this.#stages.stop(part);
      this.#settle(this.#graph, before);
      throw fault;
    }
  }

  /** Takes a plugin's parts out of their places, then closes them. Never rejects. */
  async remove(plugin: Plugin, graph: Graph): Promise<void> {
    const going = this.#partsOf(plugin);
    for (const part of going.toReversed()) await this.#stages.leave(part);
    this.#settle(graph, without(this.#parts, going));
    await this.#drain(going);
  }

  /** New parts open beside the old ones, take their places, and then the old ones close. When one does not, the old ones stay. */
  async replace(old: Plugin, next: Plugin, graph: Graph, signal: AbortSignal): Promise<void> {
    const going = this.#partsOf(old);
    const swap = new Swap(this.#stages, going);
    try {
      await swap.forward(this.#buildPlugin(next, graph), signal);
    } catch (fault) {
      await swap.back();
      this.#settle(this.#graph, this.#parts);
      throw fault;
    }
    await swap.finish();
    this.#settle(graph, [...without(this.#parts, going), ...swap.coming]);
    await this.#drain(going);
  }

  /** Who else was given a service of the plugin, which would be dead in its hands. Core itself follows changes. */
  holdersOf(plugin: Plugin): readonly Service[] {
    const own = this.#graph.services.filter((service) => service.plugin === plugin);
    const others = own.flatMap((service) => this.#graph.holdersOf(service));
    return others.filter((service) => service.plugin !== plugin && service.provision.token.id !== Tokens.Flows.id);
  }

  get #composition(): Composition {
    this.#container ??= new Composition(this.#graph.services, this.#made);
    return this.#container;
  }

  #single<T>(token: Token<T>): T {
    const service = this.#graph.providers(token)[0]!;
    return (this.#made.get(service.provision) ?? this.#composition.make(service)) as T;
  }

  #build(service: Service): Part {
    try {
      const value = this.#composition.make(service);
      this.#made.set(service.provision, value);
      return partOf(service, value, { ...this.#options, kernel: () => this.#single<Kernel>(KERNEL) });
    } catch (fault) {
      throw this.#stages.failed(service.plugin.name, fault);
    }
  }

  /** The services of one plugin; what they need is there already. */
  #buildPlugin(plugin: Plugin, graph: Graph): readonly Part[] {
    this.#container = new Composition(graph.services, this.#made);
    const own = startOrder(graph).filter((service) => service.plugin === plugin);
    return own.map((service) => this.#build(service));
  }

  async #startAll(parts: readonly Part[], signal: AbortSignal): Promise<void> {
    for (const part of parts) {
      this.#parts = [...this.#parts, part];
      await this.#stages.start(part, signal);
    }
  }

  /** From now on the node is this graph and these parts, in the order of starting. */
  #settle(graph: Graph, parts: readonly Part[]): void {
    const order = startOrder(graph).map((service) => service.provision);
    const kept = new Set(parts.map((part) => part.service.provision));
    for (const provision of this.#made.keys()) if (!kept.has(provision)) this.#made.delete(provision);
    this.#graph = graph;
    this.#container = undefined;
    this.#parts = parts.toSorted((a, b) => order.indexOf(a.service.provision) - order.indexOf(b.service.provision));
  }

  /** Closes parts that have left; what they hold of the packet memory is taken back at the drain deadline, or when they are closed. */
  async #drain(going: readonly Part[]): Promise<void> {
    const { clock, limits } = this.#stages;
    const revoke = (): void => {
      for (const part of going) part.life.revoke?.();
    };
    const cancel = clock.at(clock.now() + limits.drainDeadline, revoke);
    for (const part of going.toReversed()) await this.#stages.close(part);
    cancel();
    revoke();
  }

  #partsOf(plugin: Plugin): readonly Part[] {
    return this.#parts.filter((part) => part.service.plugin === plugin);
  }
}

function without(parts: readonly Part[], going: readonly Part[]): readonly Part[] {
  return parts.filter((part) => !going.includes(part));
}
