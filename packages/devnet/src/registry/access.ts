import type { DevnetNode } from './devnet-node.js';
import {
  type Policy,
  type PortSpan,
  type ReadAttributes,
  type ReadGrant,
  type ReadRule,
  readAttributes,
  readGrants,
  readPolicy,
  type Side,
} from './policy.js';

/** A policy at work: what packet filter each node gets, and who is told of whom. */
export class Access {
  readonly #rules: readonly ReadRule[];
  readonly #grants: readonly ReadGrant[];
  readonly #attributes: readonly ReadAttributes[];
  /** True: no rule names a node, so that no change of nodes changes an answer. */
  readonly isUniform: boolean;
  /** What is true of any two nodes then: they may speak to each other, or not. */
  readonly #uniformSight: boolean | undefined;

  /** Throws HEDDLE_DEVNET_POLICY. */
  constructor(policy: Policy) {
    this.#rules = readPolicy(policy);
    this.#grants = readGrants(policy);
    this.#attributes = readAttributes(policy);
    const ruled = this.#rules.flatMap(({ sources, destinations }) => [...sources, ...destinations.map(({ side }) => side)]);
    const granted = this.#grants.flatMap(({ sources, destinations }) => [...sources, ...destinations]);
    this.isUniform = [...ruled, ...granted].every(({ is }) => is === 'all');
    this.#uniformSight = this.isUniform ? [...this.#rules, ...this.#grants].some(concernsSomebody) : undefined;
  }

  /** Nodes that may not speak to each other in either direction do not know of each other. */
  sees(a: DevnetNode, b: DevnetNode): boolean {
    if (this.#uniformSight !== undefined) return this.#uniformSight;
    if (this.#rules.some((rule) => reaches(rule, a, b) || reaches(rule, b, a))) return true;
    return this.#grants.some((grant) => concerns(grant, a, b) || concerns(grant, b, a));
  }

  /** The filter of one node as the protocol writes it. `nodes` is asked only when a rule names some. */
  filterFor(node: DevnetNode, nodes: () => Iterable<DevnetNode>): object[] {
    return [...this.#rulesFor(node, nodes), ...this.#grantsFor(node, nodes)];
  }

  /** What the node may do by itself. */
  capabilitiesOf(node: DevnetNode): readonly string[] {
    const own = this.#attributes.filter(({ targets }) => targets.some((side) => mayBe(side, node)));
    return [...new Set(own.flatMap(({ names }) => names))];
  }

  #rulesFor(node: DevnetNode, nodes: () => Iterable<DevnetNode>): object[] {
    return this.#rules.flatMap((rule) => {
      const targets = rule.destinations.flatMap(({ side, ports }) => targetsOf(side, ports, node));
      const sources = targets.length === 0 ? [] : rule.sources.flatMap((side) => sourcesOf(side, nodes));
      return sources.length === 0 ? [] : [{ SrcIPs: sources, DstPorts: targets, IPProto: rule.protocols }];
    });
  }

  /** Of a grant a node hears what concerns its own addresses. */
  #grantsFor(node: DevnetNode, nodes: () => Iterable<DevnetNode>): object[] {
    return this.#grants.flatMap(({ sources, destinations, app }) => {
      const from = destinations.some((side) => mayBe(side, node)) ? sources.flatMap((side) => sourcesOf(side, nodes)) : [];
      return from.length === 0 ? [] : [{ SrcIPs: from, CapGrant: [{ Dsts: node.addresses.map(hostPrefix), CapMap: app }] }];
    });
  }
}

function concernsSomebody({ sources, destinations }: ReadRule | ReadGrant): boolean {
  return sources.length > 0 && destinations.length > 0;
}

function reaches({ sources, destinations }: ReadRule, from: DevnetNode, to: DevnetNode): boolean {
  return sources.some((side) => mayBe(side, from)) && destinations.some(({ side }) => mayBe(side, to));
}

function concerns({ sources, destinations }: ReadGrant, from: DevnetNode, to: DevnetNode): boolean {
  return sources.some((side) => mayBe(side, from)) && destinations.some((side) => mayBe(side, to));
}

/** A rule about addresses may concern any node: it may route to them. */
function mayBe(side: Side, node: DevnetNode): boolean {
  return side.is === 'nodes' ? side.holds(node) : true;
}

function sourcesOf(side: Side, nodes: () => Iterable<DevnetNode>): string[] {
  if (side.is === 'all') return ['*'];
  if (side.is === 'addresses') return [side.text];
  return [...nodes()].filter((node) => side.holds(node)).flatMap(({ addresses }) => addresses);
}

function hostPrefix(address: string): string {
  return `${address}/${address.includes(':') ? 128 : 32}`;
}

function targetsOf(side: Side, ports: readonly PortSpan[], node: DevnetNode): object[] {
  const sets = side.is === 'all' ? ['*'] : side.is === 'addresses' ? [side.text] : side.holds(node) ? node.addresses : [];
  return sets.flatMap((set) => ports.map(({ first, last }) => ({ IP: set, Ports: { First: first, Last: last } })));
}
