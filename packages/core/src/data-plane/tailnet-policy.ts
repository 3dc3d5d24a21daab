import type { Netmap, NetmapPatch } from '../contracts/netmap.js';
import type { Bytes } from '../contracts/packets.js';
import type { Preferences } from '../preferences/preferences.js';
import type { KernelServices } from './kernel-services.js';
import { NameDesk } from './name-desk.js';
import type { PacketGate } from './packet-gate.js';
import { RouteChoice, type RoutePatch } from './route-choice.js';
import { SelfKeeper, type SelfKeeperOptions } from './self-keeper.js';

export interface TailnetPolicyOptions extends SelfKeeperOptions {
  readonly services: KernelServices;
  readonly gate: PacketGate;
  /** What was last told here. */
  readonly netmap: () => Netmap;
  /** Peers with the prefixes that they are to have from now on. */
  readonly routed: (routes: RoutePatch) => void;
  /** A packet of this node's own services. */
  readonly deliver: (packet: Bytes) => void;
}

/** What follows from the netmap and the user's preferences: routes, filter, names, and the settings of Stack and Binds. */
export class TailnetPolicy {
  readonly #options: TailnetPolicyOptions;
  readonly #choice: RouteChoice;
  readonly #self: SelfKeeper;
  readonly #names: NameDesk;
  #preferences: Preferences;
  /** Ports of ours that the filter lets pass. */
  #admits: readonly number[] = [];

  constructor(options: TailnetPolicyOptions) {
    const { services, netmap, deliver } = options;
    this.#options = options;
    this.#preferences = services.preferences.value;
    this.#choice = new RouteChoice(this.#preferences);
    this.#self = new SelfKeeper(options);
    this.#names = new NameDesk(services, { config: () => netmap().names, mtu: () => this.#self.mtu, deliver });
  }

  /** A change of the netmap that the node does not show yet. */
  apply(map: Netmap, patch: NetmapPatch): void {
    const before = this.#options.netmap();
    const routes = this.#choice.apply(map.self, patch);
    if (map.filter !== before.filter || map.self !== before.self) this.#setGate(map);
    this.#setRoutes(routes);
    this.#serveNames(map);
    void this.#self.apply(map, routes);
  }

  prefer(preferences: Preferences): void {
    const map = this.#options.netmap();
    this.#preferences = preferences;
    const routes = this.#choice.use(preferences);
    this.#setGate(map);
    this.#setRoutes(routes);
    this.#serveNames(map);
    void this.#self.prefer(preferences, routes);
  }

  /** These TCP ports of ours are open to every peer, whatever the filter says. */
  admit(ports: readonly number[]): void {
    this.#admits = ports;
    this.#setGate(this.#options.netmap());
  }

  /** Configures again, for a Stack or a Bind that has just come. */
  refresh(): Promise<void> {
    return this.#self.refresh();
  }

  /** Stack and Binds have what has been said so far. */
  settled(): Promise<void> {
    return this.#self.settled();
  }

  close(): void {
    this.#names.close();
  }

  #setGate({ self, filter }: Netmap): void {
    const { shieldsUp, advertiseRoutes } = this.#preferences;
    this.#options.gate.use({ filter, shieldsUp, addresses: self?.addresses ?? [], routes: advertiseRoutes, admits: this.#admits });
  }

  /** Before a peer can send by new routes, the gate knows what they mean. */
  #setRoutes(routes: RoutePatch): void {
    this.#options.gate.guard(this.#choice.wide);
    if (routes.set.length + routes.removed.length > 0) this.#options.routed(routes);
  }

  /** Names are served as long as the Stack is told to ask here. */
  #serveNames({ names }: Netmap): void {
    this.#options.gate.serve(names === undefined || !this.#preferences.acceptDns ? undefined : this.#names.host);
  }
}
