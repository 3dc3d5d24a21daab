/** Networks out of which control gives every node its addresses, and how such an address begins. */
const NETWORKS: readonly { readonly network: string; readonly host: RegExp }[] = [
  { network: '100.64.0.0/10', host: /^100\.(?:6[4-9]|[7-9][0-9]|1[01][0-9]|12[0-7])\.[0-9.]+(?:\/32)?$/ },
  { network: 'fd7a:115c:a1e0::/48', host: /^fd7a:115c:a1e0:[0-9a-f:]+(?:\/128)?$/ },
];
/** A Stack looks at each of its routes, and a kernel is told one by one. */
const MOST_HOSTS = 256;

/**
 * The prefixes that a Stack is given for those that lead to peers: from some number on, the nodes of a tailnet are one network each family.
 * An address of it that no peer has then ends in the tunnel, where it is dropped. A change costs what it changes.
 */
export class RouteSummary {
  /** How many peers have a prefix. */
  readonly #users = new Map<string, number>();
  readonly #hosts: number[] = NETWORKS.map(() => 0);

  /** One peer more has the prefix. True when the routes are others now. */
  add(prefix: string): boolean {
    const users = this.#users.get(prefix) ?? 0;
    this.#users.set(prefix, users + 1);
    return users === 0 && this.#counted(prefix, 1);
  }

  /** One peer fewer has it. True when the routes are others now. */
  remove(prefix: string): boolean {
    const users = this.#users.get(prefix) ?? 0;
    if (users > 1) this.#users.set(prefix, users - 1);
    else this.#users.delete(prefix);
    return users === 1 && this.#counted(prefix, -1);
  }

  get routes(): readonly string[] {
    const large = NETWORKS.filter((_, i) => this.#hosts[i]! > MOST_HOSTS);
    if (large.length === 0) return [...this.#users.keys()];
    const others = [...this.#users.keys()].filter((prefix) => !large.some(({ host }) => host.test(prefix)));
    return [...others, ...large.map(({ network }) => network)];
  }

  /** A node more or fewer of a network that is one route before and after makes no difference. */
  #counted(prefix: string, by: 1 | -1): boolean {
    const at = NETWORKS.findIndex(({ host }) => host.test(prefix));
    if (at < 0) return true;
    const before = this.#hosts[at]!;
    this.#hosts[at] = before + by;
    return Math.min(before, before + by) <= MOST_HOSTS;
  }
}
