import type { Remote } from '../contracts/remote.js';
import type { BindPort } from './bind-port.js';

/** Where the packets of one peer go: the outcome of the selector, resolved to Binds. */
export interface Route {
  readonly port: BindPort;
  readonly remote: Remote;
  readonly also: readonly { readonly port: BindPort; readonly remote: Remote }[];
}

/** Route by the engine's peer number: the one look-up of a path on the way out. */
export class RouteTable {
  readonly #routes: (Route | undefined)[] = [];
  /** Peers that a packet found no way to. */
  readonly #missed = new Set<number>();
  readonly #decide: (peer: number) => void;

  /** `decide` sets the route of a peer, if there is one: its path is decided when the first packet wants to go there. */
  constructor(decide: (peer: number) => void) {
    this.#decide = decide;
  }

  /** True when this is the way that a packet has looked for in vain. */
  set(peer: number, route: Route | undefined): boolean {
    this.#routes[peer] = route;
    return route !== undefined && this.#missed.delete(peer);
  }

  /** There is no such peer any more; another one may get its number. */
  remove(peer: number): void {
    this.#routes[peer] = undefined;
    this.#missed.delete(peer);
  }

  /** As it is now, for who only looks. */
  get(peer: number): Route | undefined {
    return this.#routes[peer];
  }

  /** For a packet on its way. */
  out(peer: number): Route | undefined {
    if (this.#routes[peer] === undefined) this.#decide(peer);
    const route = this.#routes[peer];
    if (route === undefined) this.#missed.add(peer);
    return route;
  }

  /** No packet goes to a Bind that has gone. */
  forget(port: BindPort): void {
    for (let i = 0; i < this.#routes.length; i++) {
      const route = this.#routes[i];
      if (route === undefined) continue;
      this.#routes[i] = route.port === port ? undefined : { ...route, also: route.also.filter((other) => other.port !== port) };
    }
  }
}
