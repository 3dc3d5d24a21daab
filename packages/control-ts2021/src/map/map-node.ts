import type { Bytes, Capabilities, PeerService } from '@heddle/core';
import { readCapabilities, withNames } from './capability-map.js';
import { isJsonObject, type JsonObject } from './json-guard.js';
import { type NodeRoutes, readEndpoints, readNodeRoutes } from './node-addresses.js';
import { parseTime } from './rfc3339.js';
import { readKey } from './wire-keys.js';
import { isRestricted, type WireReader } from './wire-reader.js';

/** A node as control describes it: checked, in our own types, without what follows from other things. */
export interface MapNode extends NodeRoutes {
  readonly id: string;
  /** Without a dot at the end; may be empty. */
  readonly name: string;
  readonly key: Bytes;
  /** Wall-clock milliseconds; absent: never. */
  readonly keyExpiry: number | undefined;
  /** Control itself says so. */
  readonly expired: boolean;
  readonly authorized: boolean;
  /** Remote texts. */
  readonly endpoints: readonly string[];
  /** Its DERP region; 0: none. */
  readonly region: number;
  readonly discoKey: Bytes | undefined;
  readonly wireGuardOnly: boolean;
  readonly jailed: boolean;
  readonly online: boolean | undefined;
  readonly lastSeen: number | undefined;
  readonly user: string | undefined;
  readonly tags: readonly string[];
  readonly capabilities: Capabilities | undefined;
  /** May be empty. */
  readonly stableId: string;
  readonly hostname: string;
  readonly os: string;
  readonly services: readonly PeerService[];
}

/** Undefined for what cannot be a node: it has no id or no key. */
export function readNode(reader: WireReader, raw: unknown): MapNode | undefined {
  if (!isJsonObject(raw)) return reader.skip();
  const id = reader.id(raw.ID);
  const key = readKey(reader, 'node', raw.Key);
  if (id === undefined || !key) return reader.skip();
  return {
    id,
    key,
    name: reader.domain(raw.Name) ?? '',
    stableId: reader.shown(raw.StableID),
    authorized: raw.MachineAuthorized === true,
    expired: isRestricted(raw.Expired),
    wireGuardOnly: raw.IsWireGuardOnly === true,
    jailed: isRestricted(raw.IsJailed),
    tags: reader.list(raw.Tags, reader.limits.nodeEntries, (item) => reader.text(item)) ?? [],
    endpoints: readEndpoints(reader, raw.Endpoints) ?? [],
    region: regionOf(reader, raw),
    ...readNodeRoutes(reader, raw.Addresses, isRestricted(raw.UnsignedPeerAPIOnly) ? undefined : raw.AllowedIPs),
    ...readHost(reader, raw.Hostinfo),
    ...readDetails(reader, raw),
  };
}

/** Wall-clock milliseconds; null for "never" and "not set"; undefined when it is absent or no time. */
export function readTime(reader: WireReader, raw: unknown): number | null | undefined {
  const text = reader.text(raw);
  if (text === undefined) return undefined;
  if (text === '' || text.startsWith('0001-')) return null;
  return parseTime(text) ?? reader.skip();
}

function readHost(reader: WireReader, raw: unknown): Pick<MapNode, 'hostname' | 'os' | 'services'> {
  const host = reader.object(raw) ?? {};
  return {
    hostname: reader.shown(host.Hostname),
    os: reader.shown(host.OS),
    services: reader.list(host.Services, reader.limits.nodeEntries, (item) => readService(reader, item)) ?? [],
  };
}

function readService(reader: WireReader, raw: unknown): PeerService | undefined {
  const service = reader.object(raw);
  const protocol = reader.shown(service?.Proto);
  const port = reader.integer(service?.Port, 0, 0xffff);
  if (service === undefined || protocol === '' || port === undefined) return undefined;
  const description = reader.shown(service.Description);
  return { protocol, port, ...(description !== '' && { description }) };
}

/** `HomeDERP`, or the text `127.3.3.40:N` of older servers. */
function regionOf(reader: WireReader, raw: JsonObject): number {
  const region = readRegion(reader, raw.HomeDERP);
  if (region !== undefined && region !== 0) return region;
  const old = /^127\.3\.3\.40:([0-9]{1,5})$/.exec(reader.text(raw.DERP) ?? '');
  return old === null ? 0 : Number(old[1]);
}

/** The number of a DERP region. */
export function readRegion(reader: WireReader, raw: unknown): number | undefined {
  return reader.integer(raw, 0, 0xffff_ffff);
}

function readDetails(
  reader: WireReader,
  raw: JsonObject,
): Pick<MapNode, 'keyExpiry' | 'lastSeen' | 'discoKey' | 'online' | 'user' | 'capabilities'> {
  return {
    keyExpiry: readTime(reader, raw.KeyExpiry) ?? undefined,
    lastSeen: readTime(reader, raw.LastSeen) ?? undefined,
    discoKey: readKey(reader, 'disco', raw.DiscoKey) ?? undefined,
    online: reader.optionalBoolean(raw.Online),
    user: reader.id(raw.User),
    capabilities: withNames(reader, readCapabilities(reader, raw.CapMap), raw.Capabilities),
  };
}
