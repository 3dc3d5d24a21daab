/** A node that registered, as the devnet keeps it. Immutable: a change is a new object. */
export interface DevnetNode {
  readonly id: number;
  /** `mkey:…`: the device. Two nodes never share it. */
  readonly machine: string;
  /** `nodekey:…` */
  readonly key: string;
  /** `discokey:…`; new at each start of the node. */
  readonly discoKey?: string;
  /** First label of its name. */
  readonly name: string;
  /** Login name of its owner; a tagged node belongs to nobody. */
  readonly user: string;
  readonly tags: readonly string[];
  readonly ephemeral: boolean;
  /** IPv4, then IPv6. */
  readonly addresses: readonly string[];
  /** Wall-clock milliseconds. */
  readonly created: number;
  /** Wall-clock milliseconds at which its key ceases to be good; absent: never. */
  readonly expiry?: number;
  /** The capability version that it claims. */
  readonly version: number;
  readonly host: HostFacts;
  /** `192.0.2.1:41641` */
  readonly endpoints: readonly string[];
  readonly online: boolean;
  /** Wall-clock milliseconds; of a node that is offline. */
  readonly lastSeen?: number;
}

type Draft = { -readonly [Name in keyof DevnetNode]: DevnetNode[Name] };

/**
 * The same node with its fields in one order, whatever parts it was made of. All nodes are looked at for everybody who is told of them: that is
 * a look into objects of one hidden class, and not into dictionaries.
 */
export function inOneForm(node: DevnetNode): DevnetNode {
  const { id, machine, key, name, user, tags, ephemeral, addresses, created, version, host, endpoints, online } = node;
  const { discoKey, expiry, lastSeen } = node;
  const form: Draft = { id, machine, key, name, user, tags, ephemeral, addresses, created, version, host, endpoints, online };
  if (discoKey !== undefined) form.discoKey = discoKey;
  if (expiry !== undefined) form.expiry = expiry;
  if (lastSeen !== undefined) form.lastSeen = lastSeen;
  return form;
}

/** The part of Hostinfo that others are told, or that decides what they are told. */
export interface HostFacts {
  readonly hostname: string;
  readonly os: string;
  /** Its DERP region; 0: none. */
  readonly region: number;
  /** Prefixes that it offers to route. */
  readonly routes: readonly string[];
  readonly services: readonly { readonly protocol: string; readonly port: number }[];
}

/** The owner of all nodes with tags. */
export const TAGGED = 'tagged-devices';

/** Who owns the node, for others. */
export function ownerOf(node: DevnetNode): string {
  return node.tags.length > 0 ? TAGGED : node.user;
}

/** True when its key is no good any more. */
export function isExpired(node: DevnetNode, wall: number): boolean {
  return node.expiry !== undefined && node.expiry <= wall;
}
