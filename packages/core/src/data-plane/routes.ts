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

  set(peer: number, route: Route | undefined): void {
    this.#routes[peer] = route;
  }

  get(peer: number): Route | undefined {
    return this.#routes[peer];
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
