import type { NetmapPatch, SelfConfig } from '../contracts/netmap.js';
import type { StackConfig } from '../contracts/stack.js';
import type { BindPort } from './bind-port.js';
import { listChange } from './list-change.js';
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

/** Brings the Stack and the Binds in line with what control says about this node; one change at a time, the latest wins. */
export class SelfKeeper {
  readonly #options: SelfKeeperOptions;
  readonly #routes = new Map<string, number>();
  readonly #prefixes = new Map<string, readonly string[]>();
  #self: SelfConfig | undefined;
  #working: Promise<void> = Promise.resolve();
  #due = false;

  constructor(options: SelfKeeperOptions) {
    this.#options = options;
  }

  get mtu(): number {
    return this.#self?.mtu ?? DEFAULT_MTU;
  }

  /** Takes a change of the netmap; whoever awaits it knows that the Stack has it. */
  apply(self: SelfConfig | undefined, patch: NetmapPatch): Promise<void> {
    const removed = patch.removed.map((id) => this.#setPrefixes(id, []));
    const set = patch.set.map((peer) => this.#setPrefixes(peer.id, peer.allowedIps));
    if (self === this.#self && !removed.includes(true) && !set.includes(true)) return this.#working;
    this.#self = self;
    return this.refresh();
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

  async #configure(): Promise<void> {
    this.#due = false;
    const self = this.#self;
    if (self === undefined) return;
    await this.#options.stack()?.configure(this.#stackConfig(self));
    await Promise.all(this.#options.binds().map((port) => this.#configureBind(port, self)));
  }

  #stackConfig(self: SelfConfig): StackConfig {
    return { addresses: self.addresses, routes: [...this.#routes.keys()], mtu: this.mtu, ...(self.dns && { dns: self.dns }) };
  }

  async #configureBind(port: BindPort, self: SelfConfig): Promise<void> {
    if (self.listenPort === undefined && self.mark === undefined) return;
    const { listenPort, mark } = self;
    try {
      await port.bind.configure?.({ ...(listenPort !== undefined && { port: listenPort }), ...(mark !== undefined && { mark }) });
    } catch (error) {
      this.#options.fault(port, error);
    }
  }

  /** Counts how many peers have a prefix; true when the set of prefixes changed. */
  #setPrefixes(id: string, prefixes: readonly string[]): boolean {
    const change = listChange(this.#prefixes.get(id) ?? NONE, prefixes);
    if (change === undefined) return false;
    for (const prefix of change.before) this.#count(prefix, -1);
    for (const prefix of change.after) this.#count(prefix, 1);
    if (prefixes.length === 0) this.#prefixes.delete(id);
    else this.#prefixes.set(id, prefixes);
    return true;
  }

  #count(prefix: string, by: number): void {
    const users = (this.#routes.get(prefix) ?? 0) + by;
    if (users > 0) this.#routes.set(prefix, users);
    else this.#routes.delete(prefix);
  }
}
