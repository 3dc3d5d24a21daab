import { parseAddressPort, parsePrefix } from '@heddle/wire';
import type { HostFacts } from '../registry/devnet-node.js';
import type { RegisterRequest } from '../registry/registration.js';
import { readTime } from '../rfc3339.js';
import { countOf, type JsonObject, listOf, objectOf, textOf, textsOf } from './json-fields.js';

const MOST_ENDPOINTS = 64;
const MOST_ROUTES = 256;
const MOST_SERVICES = 16;

/** What a node asks when it wants a map, or tells where it is; checked. */
export interface MapRequest {
  readonly nodeKey: string;
  readonly version: number;
  readonly discoKey: string | undefined;
  /** Absent: as before. */
  readonly host: HostFacts | undefined;
  /** Absent: as before. */
  readonly endpoints: readonly string[] | undefined;
  /** A stream of maps; otherwise it only tells. */
  readonly stream: boolean;
  readonly omitPeers: boolean;
  readonly zstd: boolean;
}

/** Undefined for a body that names no node key. */
export function readRegister(body: JsonObject, machine: string): RegisterRequest | undefined {
  const nodeKey = readKey('nodekey', body.NodeKey);
  if (nodeKey === undefined) return undefined;
  const authKey = textOf(objectOf(body.Auth)?.AuthKey);
  const expiry = readTime(textOf(body.Expiry, 40));
  return {
    machine,
    nodeKey,
    version: countOf(body.Version) ?? 0,
    host: readHost(objectOf(body.Hostinfo) ?? {}),
    ...(authKey !== undefined && { authKey }),
    ...(expiry !== undefined && { expiry }),
  };
}

/** Undefined for a body that names no node key. */
export function readMap(body: JsonObject): MapRequest | undefined {
  const nodeKey = readKey('nodekey', body.NodeKey);
  if (nodeKey === undefined) return undefined;
  const host = objectOf(body.Hostinfo);
  return {
    nodeKey,
    version: countOf(body.Version) ?? 0,
    discoKey: readKey('discokey', body.DiscoKey),
    host: host && readHost(host),
    endpoints: Array.isArray(body.Endpoints) ? textsOf(body.Endpoints, MOST_ENDPOINTS, isAddressPort) : undefined,
    stream: body.Stream === true,
    omitPeers: body.OmitPeers === true,
    zstd: body.Compress === 'zstd',
  };
}

function readHost(host: JsonObject): HostFacts {
  return {
    hostname: textOf(host.Hostname) ?? '',
    os: textOf(host.OS) ?? '',
    region: countOf(objectOf(host.NetInfo)?.PreferredDERP) ?? 0,
    routes: textsOf(host.RoutableIPs, MOST_ROUTES, (text) => parsePrefix(text) !== undefined),
    services: listOf(host.Services, MOST_SERVICES).flatMap(readService),
  };
}

function readService(value: unknown): HostFacts['services'] {
  const service = objectOf(value);
  const [protocol, port] = [textOf(service?.Proto, 32), countOf(service?.Port)];
  return protocol === undefined || port === undefined || port > 65_535 ? [] : [{ protocol, port }];
}

/** Undefined for what is no key, and for the key of zeros: not set. */
function readKey(kind: 'nodekey' | 'discokey', value: unknown): string | undefined {
  const text = textOf(value)?.toLowerCase();
  const hex = /^[a-z]+:([0-9a-f]{64})$/.exec(text ?? '')?.[1];
  return text?.startsWith(`${kind}:`) && hex !== undefined && !/^0+$/.test(hex) ? text : undefined;
}

function isAddressPort(text: string): boolean {
  return parseAddressPort(text) !== undefined;
}
