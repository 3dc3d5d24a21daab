import type { Observable } from 'rxjs';
import { checkComposition } from '../composition/check.js';
import { textOf } from '../composition/compose.js';
import { corePlugin, KERNEL } from '../composition/core-services.js';
import type { Graph, Service } from '../composition/graph.js';
import type { Plugin } from '../composition/plugin.js';
import type { Token } from '../composition/token.js';
import { Tokens } from '../composition/tokens.js';
import type { ControlState } from '../contracts/control.js';
import type { FlowLayer } from '../contracts/flows.js';
import type { NetmapChange } from '../contracts/netmap.js';
import { CounterBoard } from '../counters/counter-board.js';
import type { Kernel, PathChange, PluginHealth } from '../data-plane/kernel.js';
import { DropCounters } from '../drops/drop-counters.js';
import { HeddleError } from '../errors/heddle-error.js';
import { type WhoIs, Whois } from '../netmap/whois.js';
import { Observers } from '../observation/observers.js';
import { watchedLayer } from '../observation/watched-layer.js';
import type { PreferenceService } from '../preferences/preferences.js';
import { Assembly } from './assembly.js';
import { checkAdded, checkHolders, checkReplaced } from './change-rules.js';
import { CoreMaker } from './core-maker.js';
import { currentFlows, type Following } from './current-flows.js';
import type { HeddleNode, NodeOptions, NodeStatus, PluginStatus, Progress } from './heddle-node.js';
import { Interceptions } from './interceptions.js';
import { addressesOf, isAddress } from './names.js';
import type { NodeLife, NodeState } from './node-state.js';
import { NodeStreams } from './node-streams.js';
import { Serial } from './serial.js';
import { findService } from './services.js';
import type { StackInUse } from './stack-in-use.js';
import { StandingPorts } from './standing-ports.js';

/** A node made of plugins. Each start is an assembly of freshly built parts; the node is what stays between them. */
export class ComposedNode implements HeddleNode {
  readonly #options: NodeOptions;
  readonly #core: Plugin;
  readonly #maker: CoreMaker;
  readonly #drops = new DropCounters();
  readonly #streams = new NodeStreams();
  readonly #counters = new CounterBoard((plugin, error) => this.#unreadable(plugin, error));
  readonly #serial = new Serial();
  readonly #closing = new AbortController();
  readonly #following: Following = { interceptions: new Interceptions(), ports: new StandingPorts() };
  readonly #flows: FlowLayer;
  readonly #whois: Whois;
  #plugins: readonly Plugin[];
  #graph: Graph;
  #assembly: Assembly | undefined;
  #closed: Promise<void> | undefined;

  constructor(options: NodeOptions, plugins: readonly Plugin[]) {
    this.#options = options;
    const observers = new Observers((name, where, error) => this.#observerFault(name, where, error));
    const flows = currentFlows(() => this.#stackInUse(), this.#following);
    this.#flows = watchedLayer(flows, observers);
    this.#maker = new CoreMaker(
      options,
      { drops: this.#drops, counters: this.#counters, observers },
      () => this,
      () => this.#flows,
    );
    this.#core = corePlugin(this.#maker);
    this.#graph = this.#check(plugins);
    this.#plugins = [...plugins];
    this.#whois = new Whois(this.#maker.directory);
    this.#streams.netmap.stream$.subscribe((change) => this.#maker.directory.apply(change));
    this.#streams.life.next('made');
  }

  get life$(): Observable<NodeLife> {
    return this.#streams.life.stream$;
  }
  get state$(): Observable<NodeState> {
    return this.#streams.state.stream$;
  }
  get control$(): Observable<ControlState> {
    return this.#streams.control.stream$;
  }
  get netmap$(): Observable<NetmapChange> {
    return this.#streams.netmap.stream$;
  }
  get progress$(): Observable<Progress> {
    return this.#streams.progress.asObservable();
  }
  get paths$(): Observable<PathChange> {
    return this.#streams.paths$;
  }
  get health$(): Observable<PluginHealth> {
    return this.#streams.health.asObservable();
  }

  async start(options: { readonly signal?: AbortSignal } = {}): Promise<void> {
    const life = this.#life;
    if (life !== 'made') throw new HeddleError('HEDDLE_ALREADY_STARTED', `start() was called on a node that is ${life}; ${ADVICE[life]}`);
    options.signal?.throwIfAborted();
    this.#streams.life.next('starting');
    await this.#serial.run(() => this.#start(options.signal));
  }

  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  get<T>(token: Token<T>): T {
    return findService(token, this.#graph, this.#assembly, this.#options.host);
  }

  add(plugin: Plugin): Promise<void> {
    return this.#change(async () => {
      const plugins = [...this.#plugins, plugin];
      const graph = this.#check(plugins);
      if (this.#assembly !== undefined) checkAdded(plugin);
      this.#declare([plugin]);
      await this.#add(plugin, graph);
      this.#become(plugins, graph);
    });
  }

  async #add(plugin: Plugin, graph: Graph): Promise<void> {
    try {
      await this.#assembly?.add(plugin, graph, this.#closing.signal);
    } catch (error) {
      this.#counters.forget(plugin.name);
      throw error;
    }
  }

  remove(plugin: Plugin | string): Promise<void> {
    return this.#change(async () => {
      const going = this.#find(plugin);
      const plugins = this.#plugins.filter((other) => other !== going);
      checkHolders('removed', going, this.#assembly?.holdersOf(going) ?? []);
      const graph = this.#check(plugins);
      await this.#assembly?.remove(going, graph);
      this.#become(plugins, graph);
      this.#counters.forget(going.name);
      this.#streams.forget(going.name);
    });
  }

  replace(old: Plugin | string, next: Plugin): Promise<void> {
    return this.#change(async () => {
      const going = this.#find(old);
      const plugins = this.#plugins.map((other) => (other === going ? next : other));
      checkReplaced(going, next);
      checkHolders('replaced', going, this.#assembly?.holdersOf(going) ?? []);
      const graph = this.#check(plugins);
      if (this.#assembly !== undefined) checkAdded(next);
      this.#declare([next]);
      await this.#replace(going, next, graph);
      this.#become(plugins, graph);
      if (going.name !== next.name) this.#streams.forget(going.name);
    });
  }

  /** The numbers shown are those of the part that is in use afterwards, also where both have one name. */
  async #replace(going: Plugin, next: Plugin, graph: Graph): Promise<void> {
    const shown = this.#counters.rowsOf(going.name);
    try {
      await this.#assembly?.replace(going, next, graph, this.#closing.signal);
      this.#counters.drop(shown);
    } catch (error) {
      this.#counters.forget(next.name);
      this.#counters.restore(going.name, shown);
      throw error;
    }
  }

  get preferences(): PreferenceService {
    return this.#maker.preferences();
  }

  poke(): void {
    if (this.#life === 'running') this.#kernel?.poke();
  }

  get flows(): FlowLayer {
    this.#stackInUse();
    return this.#flows;
  }

  async ping(peer: string, options: { readonly signal?: AbortSignal } = {}): Promise<number> {
    const address = isAddress(peer) ? peer : this.lookup(peer)[0];
    if (address === undefined)
      throw new HeddleError('HEDDLE_NO_SUCH_PEER', `${peer} is neither an IP address nor the name of a peer in the netmap`);
    return this.#flows.ping!(address, options);
  }

  lookup(name: string): readonly string[] {
    const { value } = this.#streams.netmap;
    const found = this.#maker.names.lookup(name);
    return found.length > 0 || value === undefined ? found : addressesOf(value.map, name);
  }

  whois(address: string): WhoIs | undefined {
    return this.#whois.of(address);
  }

  status(): NodeStatus {
    const kernel = this.#kernel;
    return {
      hostname: this.preferences.value.hostname ?? DEFAULT_HOSTNAME,
      life: this.#life,
      state: this.#streams.state.value!,
      control: this.#streams.control.value,
      plugins: this.#plugins.map((plugin) => this.#statusOf(plugin)),
      peers: kernel?.peers() ?? [],
      counters: kernel?.counters() ?? [],
      traffic: kernel?.traffic() ?? [],
      endpoints: kernel?.endpoints() ?? [],
      drops: this.#drops.snapshot(),
      crypto: { ...this.#service(Tokens.Crypto)?.chosen },
    };
  }

  get #life(): NodeLife {
    return this.#streams.life.value!;
  }

  get #kernel(): Kernel | undefined {
    return this.#service(KERNEL);
  }

  /** A service of core that is already built. */
  #service<T>(token: Token<T>): T | undefined {
    const service = this.#graph.providers(token)[0];
    return service && (this.#assembly?.service(service.provision) as T | undefined);
  }

  async #start(signal: AbortSignal | undefined): Promise<void> {
    const abort = (): void => own.abort(signal?.reason);
    const shut = (): void => own.abort(this.#closing.signal.reason);
    const own = new AbortController();
    if (this.#closing.signal.aborted) shut();
    this.#closing.signal.addEventListener('abort', shut, { once: true });
    signal?.addEventListener('abort', abort, { once: true });
    try {
      await this.#assemble(own.signal);
    } finally {
      this.#closing.signal.removeEventListener('abort', shut);
      signal?.removeEventListener('abort', abort);
    }
  }

  async #assemble(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    this.#declare(this.#plugins);
    try {
      this.#assembly = new Assembly({
        graph: this.#graph,
        streams: this.#streams,
        preferences: this.preferences,
        offers: this.#maker.offers(),
        following: this.#following,
        loadIdentity: (given) => this.#maker.loadIdentity(given),
      });
      await this.#assembly.start(signal);
      signal.throwIfAborted();
      this.#streams.life.next('running');
    } catch (fault) {
      await this.#assembly?.stop();
      this.#assembly = undefined;
      if (this.#closed === undefined) this.#streams.life.next('made');
      throw fault;
    }
  }

  async #close(): Promise<void> {
    this.#streams.life.next('stopping');
    this.#closing.abort(new HeddleError('HEDDLE_NOT_RUNNING', 'the node was closed; make a new one to start again'));
    await this.#serial.run(async () => this.#assembly?.stop());
    this.#assembly = undefined;
    this.#streams.life.next('closed');
    this.#streams.complete();
  }

  /** Changes of the composition happen one after the other, and not after close. */
  async #change(work: () => Promise<void>): Promise<void> {
    await this.#serial.run(async () => {
      this.#closing.signal.throwIfAborted();
      await work();
    });
  }

  #check(plugins: readonly Plugin[]): Graph {
    return checkComposition(this.#options, plugins, this.#core);
  }

  #become(plugins: readonly Plugin[], graph: Graph): void {
    this.#plugins = plugins;
    this.#graph = graph;
  }

  /** The drop reasons of plugins get their counters. */
  #declare(plugins: readonly Plugin[]): void {
    for (const { name, drops } of plugins)
      for (const [reason, says] of Object.entries(drops ?? {})) this.#drops.register(`${name}/${reason}`, says);
  }

  #unreadable(plugin: string, error: unknown): void {
    const text = `${plugin} threw while its counters were read: ${error instanceof Error ? error.message : String(error)}`;
    this.#streams.setHealth({ plugin, ok: false, code: 'HEDDLE_PLUGIN_FAULT', text, since: 0 });
  }

  #find(wanted: Plugin | string): Plugin {
    const found = this.#plugins.find((plugin) => plugin === wanted || plugin.name === wanted);
    if (found !== undefined) return found;
    const name = typeof wanted === 'string' ? wanted : wanted.name;
    const known = this.#plugins.map((plugin) => plugin.name).join(', ');
    throw new HeddleError('HEDDLE_NO_SUCH_PLUGIN', `the node has no plugin ${name}; it has ${known}`);
  }

  #stackInUse(): StackInUse {
    if (this.#assembly === undefined || this.#life !== 'running')
      throw new HeddleError('HEDDLE_NOT_RUNNING', `the node is ${this.#life}; flows need a running one: await node.start() first`);
    const service: Service | undefined = this.#graph.providers(Tokens.Stack)[0];
    const stack = this.#service(Tokens.Stack);
    if (service === undefined || stack === undefined)
      throw new HeddleError('HEDDLE_UNSUPPORTED', 'the node has no Stack, so it has no flows; add netstack() or tun()');
    return { plugin: service.plugin.name, flows: stack.flows };
  }

  #observerFault(plugin: string, where: string, error: unknown): void {
    const text = `${plugin} threw in ${where} and no longer looks at the node: ${textOf(error)}`;
    const since = this.#service(Tokens.Clock)?.now() ?? 0;
    this.#streams.setHealth({ plugin, ok: false, code: 'HEDDLE_PLUGIN_FAULT', text, since });
    this.#service(Tokens.Logger)?.error({ plugin, where, error }, 'plugin fault');
  }

  #statusOf(plugin: Plugin): PluginStatus {
    const running = this.#assembly?.isRunning(plugin) ?? false;
    return { name: plugin.name, running, health: this.#streams.healthOf(plugin.name) };
  }
}

const DEFAULT_HOSTNAME = 'heddle';

const ADVICE: Readonly<Record<Exclude<NodeLife, 'made'>, string>> = {
  starting: 'await the first start()',
  running: 'there is nothing to do',
  stopping: 'make a new node',
  closed: 'make a new node',
};
