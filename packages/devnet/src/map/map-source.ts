import type { Bytes, RelayMap } from '@heddle/core';
import type { Access } from '../registry/access.js';
import { type DevnetNode, ownerOf } from '../registry/devnet-node.js';
import type { Registry } from '../registry/registry.js';
import { listItem } from './map-message.js';
import { type NodeJsonContext, nodeJson, peerJson, takesShort } from './node-json.js';
import { relayMapJson } from './relay-map-json.js';

/** A DNS record beside those of the nodes. */
export interface DnsRecord {
  /** Whole, without a dot at the end. */
  readonly name: string;
  /** An IPv4 or IPv6 address. */
  readonly value: string;
}

export interface NameSettings {
  /** Domain of the tailnet, without a dot at the end. */
  readonly domain: string;
  readonly records: readonly DnsRecord[];
  /** Name servers for everything else; empty: the node's own. */
  readonly resolvers: readonly string[];
}

type KeptItems = Map<number, { readonly node: DevnetNode; readonly item: Bytes }>;

/** What all maps are made of. The JSON of a node is made once for all who are told of it in the same form. */
export class MapSource {
  readonly registry: Registry;
  readonly names: NameSettings;
  readonly relays: RelayMap;
  access: Access;
  /** Ids of nodes that have registered and not asked for a map yet. As long as they have not said where they are, nobody is told of them. */
  readonly newcomers: Set<number> = new Set();
  readonly #long: KeptItems = new Map();
  readonly #short: KeptItems = new Map();

  constructor(registry: Registry, access: Access, names: NameSettings, relays: RelayMap) {
    this.registry = registry;
    this.access = access;
    this.names = names;
    this.relays = relays;
  }

  /** A node as an item of the lists that others are told, in the form for clients of this capability version. */
  nodeItem(node: DevnetNode, version: number): Bytes {
    const short = takesShort(version);
    const items = short ? this.#short : this.#long;
    const kept = items.get(node.id);
    if (kept?.node === node) return kept.item;
    const item = listItem(JSON.stringify(peerJson(node, this.#context(), short)));
    items.set(node.id, { node, item });
    return item;
  }

  /** What a node is told of itself, with what it may do. */
  selfText(node: DevnetNode): string {
    const names = this.access.capabilitiesOf(node);
    if (names.length === 0) return this.#nodeText(node);
    const capabilities = JSON.stringify(Object.fromEntries(names.map((name) => [name, null])));
    return `${this.#nodeText(node).slice(0, -1)},"CapMap":${capabilities}}`;
  }

  forget(id: number): void {
    this.#long.delete(id);
    this.#short.delete(id);
    this.newcomers.delete(id);
  }

  /** True when the one is told of the other. */
  sees(self: DevnetNode, peer: DevnetNode): boolean {
    return !this.newcomers.has(peer.id) && this.access.sees(self, peer);
  }

  filterText(node: DevnetNode): string {
    return JSON.stringify({ base: this.access.filterFor(node, () => this.#settled()) });
  }

  /** The owners of these nodes. */
  usersText(nodes: Iterable<DevnetNode>): string {
    const logins = new Set<string>();
    for (const node of nodes) logins.add(ownerOf(node));
    return JSON.stringify([...logins].map((login) => ({ ID: this.registry.userId(login), LoginName: login, DisplayName: login })));
  }

  /** A node that may have certificates is told for which name. */
  dnsText(node: DevnetNode): string {
    const { domain, records, resolvers } = this.names;
    return JSON.stringify({
      Proxied: true,
      Domains: [domain],
      Routes: { [`${domain}.`]: null },
      Resolvers: resolvers.length === 0 ? undefined : resolvers.map((address) => ({ Addr: address })),
      CertDomains: this.access.capabilitiesOf(node).includes('https') ? [`${node.name}.${domain}`] : undefined,
      ExtraRecords: records.length === 0 ? undefined : records.map(({ name, value }) => ({ Name: name, Value: value })),
    });
  }

  relaysText(): string {
    return JSON.stringify(relayMapJson(this.relays));
  }

  #nodeText(node: DevnetNode): string {
    return JSON.stringify(nodeJson(node, this.#context()));
  }

  #context(): NodeJsonContext {
    return { domain: this.names.domain, userId: (login) => this.registry.userId(login) };
  }

  #settled(): DevnetNode[] {
    return [...this.registry.nodes()].filter(({ id }) => !this.newcomers.has(id));
  }
}
