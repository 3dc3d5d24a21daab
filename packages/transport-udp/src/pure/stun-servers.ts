import type { RelayMap, RelayNode } from '@heddle/core';

const STUN_PORT = 3478;
/** A map is control's word; nobody needs to measure more. */
const SERVERS_MAX = 512;

/** One family of one relay that speaks STUN. */
export interface StunServer {
  readonly region: number;
  readonly node: string;
  readonly family: 4 | 6;
  /** An address, or a name that has to be looked up. */
  readonly host: string;
  readonly named: boolean;
  readonly port: number;
}

/** A server whose address is known. */
export interface StunTarget {
  readonly region: number;
  readonly family: 4 | 6;
  readonly address: string;
  readonly port: number;
}

/** Where a tailnet can be asked how others see this node: by region, in the order of its nodes. */
export function stunServers(map: RelayMap | undefined): readonly StunServer[] {
  const regions = [...(map?.regions.values() ?? [])].filter(({ noMeasureNoHome }) => noMeasureNoHome !== true);
  return regions.flatMap(({ id, nodes }) => nodes.flatMap((node) => serversOf(id, node))).slice(0, SERVERS_MAX);
}

function serversOf(region: number, node: RelayNode): readonly StunServer[] {
  const port = node.stunPort || STUN_PORT;
  if (port < 0 || port > 65_535) return [];
  return ([4, 6] as const).flatMap((family) => {
    const host = hostOf(node, family);
    return host === undefined ? [] : [{ region, node: node.name, family, host, named: host === node.hostName && !isNumeric(host), port }];
  });
}

/** Undefined: not served in this family. */
function hostOf(node: RelayNode, family: 4 | 6): string | undefined {
  if (node.stunTestIp) return node.stunTestIp.includes(':') === (family === 6) ? node.stunTestIp : undefined;
  const told = family === 4 ? node.ipv4 : node.ipv6;
  if (told === 'none') return undefined;
  if (told) return told;
  return isNumeric(node.hostName) && node.hostName.includes(':') !== (family === 6) ? undefined : node.hostName;
}

function isNumeric(host: string): boolean {
  return host.includes(':') || /^\d+\.\d+\.\d+\.\d+$/.test(host);
}
