/** A network out of which control gives every node its addresses. */
interface Network {
  readonly network: string;
  /** With what each address in it begins. */
  readonly first: string;
  /** How an address in it begins and ends. */
  readonly host: RegExp;
}

const NETWORKS: readonly Network[] = [
  { network: '100.64.0.0/10', first: '100.', host: /^100\.(?:6[4-9]|[7-9][0-9]|1[01][0-9]|12[0-7])\.[0-9.]+(?:\/32)?$/ },
  { network: 'fd7a:115c:a1e0::/48', first: 'fd7a:', host: /^fd7a:115c:a1e0:[0-9a-f:]+(?:\/128)?$/ },
];
/** A Stack looks at each of its routes, and a kernel is told one by one. */
const MOST_HOSTS = 256;

/** Prefixes in the order in which they came, with the number of peers that have them. */
class Users {
  readonly #prefixes = new Set<string>();
  /** Of a prefix that several have: how many do beyond the first. Most have one. */
  readonly #more = new Map<string, number>();

  get size(): number {
    return this.#prefixes.size;
  }

  /** True for the first. */
  add(prefix: string): boolean {
    const before = this.#prefixes.size;
    if (this.#prefixes.add(prefix).size > before) return true;
    this.#more.set(prefix, (this.#more.get(prefix) ?? 0) + 1);
    return false;
  }

  /** True for the last. */
  remove(prefix: string): boolean {
    const more = this.#more.get(prefix);
    if (more === undefined) return this.#prefixes.delete(prefix);
    if (more > 1) this.#more.set(prefix, more - 1);
    else this.#more.delete(prefix);
    return false;
  }

  prefixes(): readonly string[] {
    return [...this.#prefixes];
  }
}

/**
 * The prefixes that a Stack is given for those that lead to peers: from some number on, the nodes of a tailnet are one network each family.
 * An address of it that no peer has then ends in the tunnel, where it is dropped. A change costs what it changes.
 */
export class RouteSummary {
  readonly #hosts: readonly { readonly of: Network; readonly users: Users }[] = NETWORKS.map((of) => ({ of, users: new Users() }));
  readonly #others = new Users();

  /** One peer more has the prefix. True when the routes are others now. */
  add(prefix: string): boolean {
    const users = this.#usersOf(prefix);
    return users.add(prefix) && this.#matters(users, users.size - 1);
  }

  /** One peer fewer has it. True when the routes are others now. */
  remove(prefix: string): boolean {
    const users = this.#usersOf(prefix);
    return users.remove(prefix) && this.#matters(users, users.size);
  }

  get routes(): readonly string[] {
    const single = this.#hosts.filter(({ users }) => users.size <= MOST_HOSTS).map(({ users }) => users);
    const routes = [...single, this.#others].flatMap((users) => users.prefixes());
    for (const { of, users } of this.#hosts) if (users.size > MOST_HOSTS) routes.push(of.network);
    return routes;
  }

  #usersOf(prefix: string): Users {
    for (const { of, users } of this.#hosts) if (prefix.startsWith(of.first) && of.host.test(prefix)) return users;
    return this.#others;
  }

  /** With one of so many before or after, a node of a network that is one route in both cases makes no difference. */
  #matters(users: Users, fewer: number): boolean {
    return users === this.#others || fewer <= MOST_HOSTS;
  }
}
