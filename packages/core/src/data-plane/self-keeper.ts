import type { BindSettings } from '../contracts/bind.js';
import type { NameConfig, Netmap, SelfConfig } from '../contracts/netmap.js';
import type { RelayMap } from '../contracts/relays.js';
import type { DnsConfig, StackConfig } from '../contracts/stack.js';
import { serviceAddresses } from '../names/service-addresses.js';
import { DEFAULT_PREFERENCES, type Preferences } from '../preferences/preferences.js';
import type { BindPort } from './bind-port.js';
import { listChange } from './list-change.js';
import { DEFAULT_ROUTES, hostPrefix, type RoutePatch } from './route-choice.js';
import { RouteSummary } from './route-summary.js';
import type { StackPort } from './stack-port.js';

/** Plain WireGuard's MTU. */
export const DEFAULT_MTU = 1420;

const NONE: readonly string[] = [];

export interface SelfKeeperOptions {
  readonly stack: () => StackPort | undefined;
  readonly binds: () => readonly BindPort[];
  /** A Bind could not take its settings. */
  readonly fault: (port: BindPort, error: unknown) => void;
}

/** What Stack and Binds are to know, apart from the routes of peers. */
interface Facts {
  readonly self: SelfConfig | undefined;
  readonly names: NameConfig | undefined;
  readonly relays: RelayMap | undefined;
  readonly preferences: Preferences;
}

/** Brings the Stack and the Binds in line with what control and the user say about this node; one change at a time, the latest wins. */
export class SelfKeeper {
  readonly #options: SelfKeeperOptions;
  readonly #routes = new RouteSummary();
  /** What each Bind was given. */
  readonly #given = new WeakMap<BindPort, BindSettings>();
  #facts: Facts = { self: undefined, names: undefined, relays: undefined, preferences: DEFAULT_PREFERENCES };
  #working: Promise<void> = Promise.resolve();
  #due = false;

  constructor(options: SelfKeeperOptions) {
    this.#options = options;
  }

  get mtu(): number {
    return this.#facts.self?.mtu ?? DEFAULT_MTU;
  }

  /** Takes what a netmap says about this node, and which routes lead into the tunnel; whoever awaits it knows that the Stack has it. */
  apply({ self, names, relays }: Netmap, routes: RoutePatch): Promise<void> {
    const { preferences } = this.#facts;
    return this.#take({ self, names, relays, preferences }, routes);
  }

  /** Takes the wishes of the user, and the routes that come of them. */
  prefer(preferences: Preferences, routes: RoutePatch): Promise<void> {
    return this.#take({ ...this.#facts, preferences }, routes);
  }

  /** Configures again, for a Stack or a Bind that has just come. */
  refresh(): Promise<void> {
    if (this.#due) return this.#working;
    this.#due = true;
    this.#working = this.#working.then(() => this.#configure());
    return this.#working;
  }

  /** What has been said so far is in place. */
  settled(): Promise<void> {
    return this.#working;
  }

  #take(facts: Facts, routes: RoutePatch): Promise<void> {
    let same = sameFacts(facts, this.#facts);
    const before = (id: string): readonly string[] => routes.before.get(id) ?? NONE;
    for (const id of routes.removed) if (this.#change(before(id), NONE)) same = false;
    for (const { id, allowedIps } of routes.set) if (this.#change(before(id), allowedIps)) same = false;
    this.#facts = facts;
    return same ? this.#working : this.refresh();
  }

  async #configure(): Promise<void> {
    this.#due = false;
    const { self, relays } = this.#facts;
    if (self === undefined) return;
    await this.#options.stack()?.configure(this.#stackConfig(self));
    await Promise.all(this.#options.binds().map((port) => this.#configureBind(port, bindSettings(self, relays))));
  }

  #stackConfig(self: SelfConfig): StackConfig {
    const { names, preferences } = this.#facts;
    const dns = names === undefined ? self.dns : dnsOf(self, names, preferences);
    const services = names === undefined || dns === undefined ? NONE : dns.servers.map(hostPrefix);
    const exits = preferences.exitNode === undefined ? NONE : DEFAULT_ROUTES;
    const peers = this.#routes.routes;
    const routes = peers.concat([...services, ...exits].filter((route) => !peers.includes(route)));
    const outside = DEFAULT_ROUTES.some((route) => routes.includes(route)) ? this.#outside(self) : NONE;
    return {
      addresses: self.addresses,
      routes,
      mtu: this.mtu,
      ...(dns && { dns }),
      ...(outside.length > 0 && { outside }),
      ...(preferences.advertiseRoutes.length > 0 && { forwards: preferences.advertiseRoutes }),
    };
  }

  /** What carries the tunnel cannot go through it. */
  #outside(self: SelfConfig): readonly string[] {
    const regions = [...(this.#facts.relays?.regions.values() ?? [])];
    const relays = regions.flatMap(({ nodes }) => nodes.flatMap(({ ipv4, ipv6 }) => [ipv4, ipv6]));
    const numeric = relays.filter((address) => address !== undefined && address !== 'none' && address !== '');
    return [...new Set([...(self.outside ?? NONE), ...(numeric as string[])])];
  }

  /** A Bind is asked only for what it was not given before. */
  async #configureBind(port: BindPort, settings: BindSettings): Promise<void> {
    if (sameSettings(settings, this.#given.get(port) ?? {})) return;
    try {
      await port.bind.configure?.(settings);
      this.#given.set(port, settings);
    } catch (error) {
      this.#given.delete(port);
      this.#options.fault(port, error);
    }
  }

  /** True when the Stack has to be told. */
  #change(from: readonly string[], to: readonly string[]): boolean {
    const change = listChange(from, to);
    if (change === undefined) return false;
    let changed = false;
    for (const prefix of change.before) if (this.#routes.remove(prefix)) changed = true;
    for (const prefix of change.after) if (this.#routes.add(prefix)) changed = true;
    return changed;
  }
}

/** The tailnet's DNS is asked through this node itself. Without control's blessing, or the user's, there is none. */
function dnsOf(self: SelfConfig, names: NameConfig, { acceptDns }: Preferences): DnsConfig | undefined {
  const useful = names.magic || names.routes.size > 0 || names.resolvers.length > 0 || names.records.length > 0;
  if (!acceptDns || !useful || self.node?.expired) return undefined;
  return { servers: serviceAddresses(self.addresses), search: names.search };
}

function bindSettings({ listenPort, mark }: SelfConfig, relays: RelayMap | undefined): BindSettings {
  return { ...(listenPort !== undefined && { port: listenPort }), ...(mark !== undefined && { mark }), ...(relays && { relays }) };
}

function sameSettings(a: BindSettings, b: BindSettings): boolean {
  return a.port === b.port && a.mark === b.mark && a.relays === b.relays;
}

function sameFacts(a: Facts, b: Facts): boolean {
  return a.self === b.self && a.names === b.names && a.relays === b.relays && a.preferences === b.preferences;
}
