/** A network out of which control gives every node its addresses. */
interface Network {
  readonly network: string;
  /** How an address in it begins and ends. */
  readonly host: RegExp;
}

const NETWORKS: readonly Network[] = [
  { network: '100.64.0.0/10', host: /^100\.(?:6[4-9]|[7-9][0-9]|1[01][0-9]|12[0-7])\.[0-9.]+(?:\/32)?$/ },
  { network: 'fd7a:115c:a1e0::/48', host: /^fd7a:115c:a1e0:[0-9a-f:]+(?:\/128)?$/ },
];
/** A Stack looks at each of its routes, and a kernel is told one by one. */
const MOST_HOSTS = 256;

/** How many peers have each prefix. */
type Users = Map<string, number>;

/**
 * The prefixes that a Stack is given for those that lead to peers: from some number on, the nodes of a tailnet are one network each family.
 * An address of it that no peer has then ends in the tunnel, where it is dropped. A change costs what it changes.
 */
export class RouteSummary {
  readonly #hosts: readonly { readonly of: Network; readonly users: Users }[] = NETWORKS.map((of) => ({ of, users: new Map() }));
  readonly #others: Users = new Map();

  /** One peer more has the prefix. True when the routes are others now. */
  add(prefix: string): boolean {
    const all = this.#usersOf(prefix);
    const users = all.get(prefix) ?? 0;
    all.set(prefix, users + 1);
    return users === 0 && this.#matters(all, all.size - 1);
  }

  /** One peer fewer has it. True when the routes are others now. */
  remove(prefix: string): boolean {
    const all = this.#usersOf(prefix);
    const users = all.get(prefix) ?? 0;
    if (users > 1) all.set(prefix, users - 1);
    else all.delete(prefix);
    return users === 1 && this.#matters(all, all.size);
  }

  get routes(): readonly string[] {
    const routes: string[] = [];
    for (const { users } of this.#hosts) if (users.size <= MOST_HOSTS) routes.push(...users.keys());
    for (const prefix of this.#others.keys()) routes.push(prefix);
    for (const { of, users } of this.#hosts) if (users.size > MOST_HOSTS) routes.push(of.network);
    return routes;
  }

  #usersOf(prefix: string): Users {
    return this.#hosts.find(({ of }) => of.host.test(prefix))?.users ?? this.#others;
  }

  /** With one of so many before or after, a node of a network that is one route in both cases makes no difference. */
  #matters(users: Users, fewer: number): boolean {
    return users === this.#others || fewer <= MOST_HOSTS;
  }
}
