/** Networks out of which control gives every node its addresses, and how such an address begins. */
const NETWORKS: readonly { readonly network: string; readonly host: RegExp }[] = [
  { network: '100.64.0.0/10', host: /^100\.(?:6[4-9]|[7-9][0-9]|1[01][0-9]|12[0-7])\.[0-9.]+(?:\/32)?$/ },
  { network: 'fd7a:115c:a1e0::/48', host: /^fd7a:115c:a1e0:[0-9a-f:]+(?:\/128)?$/ },
];
/** A Stack looks at each of its routes, and a kernel is told one by one. */
const MOST_HOSTS = 1_024;

/**
 * The prefixes that a Stack is given for those that lead to peers: from some number on, the nodes of a tailnet are one network each family.
 * An address of it that no peer has then ends in the tunnel, where it is dropped.
 */
export function summaryOf(prefixes: readonly string[]): readonly string[] {
  return NETWORKS.reduce<readonly string[]>((routes, { network, host }) => {
    const others = routes.filter((prefix) => !host.test(prefix));
    return routes.length - others.length > MOST_HOSTS ? [...others, network] : routes;
  }, prefixes);
}
