import { type DevnetNode, ownerOf } from '../registry/devnet-node.js';
import { timeText } from '../rfc3339.js';

/** As of this capability version a client that is told no AllowedIPs takes the addresses for them. */
const SHORT_SINCE = 112;

/** What the texts of all nodes have in common. */
export interface NodeJsonContext {
  /** Without a dot at the end. */
  readonly domain: string;
  userId(login: string): number;
}

/** A node as it is told of itself. */
export function nodeJson(node: DevnetNode, { domain, userId }: NodeJsonContext): object {
  const own = node.addresses.map((address) => `${address}/${address.includes(':') ? 128 : 32}`);
  const { host } = node;
  return {
    ID: node.id,
    StableID: `n${node.id}devnet`,
    Name: `${node.name}.${domain}.`,
    User: userId(ownerOf(node)),
    Key: node.key,
    KeyExpiry: node.expiry === undefined ? undefined : timeText(node.expiry),
    Machine: node.machine,
    DiscoKey: node.discoKey,
    Addresses: own,
    AllowedIPs: [...own, ...host.routes],
    PrimaryRoutes: listOrNothing(host.routes),
    Endpoints: listOrNothing(node.endpoints),
    HomeDERP: host.region || undefined,
    Hostinfo: { OS: host.os, Hostname: host.hostname, Services: listOrNothing(host.services.map(serviceJson)) },
    Created: timeText(node.created),
    Cap: node.version,
    Tags: listOrNothing(node.tags),
    Online: node.online,
    LastSeen: lastSeenText(node),
    MachineAuthorized: true,
  };
}

/** A node as others are told of it: what they have no use for is left out, and when it is short also what they know without it. */
export function peerJson(node: DevnetNode, context: NodeJsonContext, short: boolean): object {
  const whole = { ...nodeJson(node, context), Machine: undefined, MachineAuthorized: undefined };
  return short && node.host.routes.length === 0 ? { ...whole, AllowedIPs: undefined } : whole;
}

/** True when clients of this capability version understand the short form of a peer. */
export function takesShort(version: number): boolean {
  return version >= SHORT_SINCE;
}

/** What has changed of a node that the others know. */
export function presenceJson(node: DevnetNode): object {
  return { NodeID: node.id, Online: node.online, LastSeen: lastSeenText(node) };
}

/** Where a node that the others know is reached now. */
export function placeJson(node: DevnetNode): object {
  return { ...presenceJson(node), Endpoints: node.endpoints, DERPRegion: node.host.region || undefined };
}

function lastSeenText(node: DevnetNode): string | undefined {
  return node.online || node.lastSeen === undefined ? undefined : timeText(node.lastSeen);
}

function serviceJson({ protocol, port }: DevnetNode['host']['services'][number]): object {
  return { Proto: protocol, Port: port };
}

/** Go leaves empty lists out. */
function listOrNothing<T>(list: readonly T[]): readonly T[] | undefined {
  return list.length === 0 ? undefined : list;
}
