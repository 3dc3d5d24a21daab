import type { RelayMap, RelayNode, RelayRegion } from '@heddle/core';
import { parseAddress } from '@heddle/wire';
import type { JsonObject } from './json-guard.js';
import { isAbsent, type WireReader } from './wire-reader.js';

/** A name or an address that may stand in a URL and in a header. */
const HOST = /^[a-zA-Z0-9]([a-zA-Z0-9._-]{0,252}[a-zA-Z0-9])?$/;
const LARGEST_REGION = 0xffff_ffff;

export const NO_RELAYS: RelayMap = { regions: new Map() };

/** The relays after a DERPMap: regions, and scores, that it does not name stay as they were. */
export function withDerpMap(reader: WireReader, before: RelayMap, raw: JsonObject): RelayMap {
  const regions = readRegions(reader, raw.Regions) ?? before.regions;
  const scores = readScores(reader, reader.object(raw.HomeParams)?.RegionScore) ?? before.scores;
  return { regions, ...(scores !== undefined && scores.size > 0 && { scores }) };
}

function readRegions(reader: WireReader, raw: unknown): ReadonlyMap<number, RelayRegion> | undefined {
  const entries = reader.entries(raw, reader.limits.regions);
  if (entries === undefined) return undefined;
  const regions = new Map<number, RelayRegion>();
  for (const [key, value] of entries) {
    const id = regionId(reader, key);
    const region = isAbsent(value) ? undefined : reader.object(value);
    if (id !== undefined && region !== undefined) regions.set(id, readRegion(reader, id, region));
  }
  return regions;
}

/** The key counts, not the field: the two were seen to differ. */
function regionId(reader: WireReader, key: string): number | undefined {
  return /^[1-9][0-9]{0,9}$/.test(key) ? reader.integer(Number(key), 1, LARGEST_REGION) : reader.skip();
}

function readRegion(reader: WireReader, id: number, raw: JsonObject): RelayRegion {
  return {
    id,
    code: reader.shown(raw.RegionCode),
    name: reader.shown(raw.RegionName),
    nodes: reader.list(raw.Nodes, reader.limits.regionNodes, (item) => readRelay(reader, item)) ?? [],
    ...(raw.Avoid === true && { avoid: true }),
    ...(raw.NoMeasureNoHome === true && { noMeasureNoHome: true }),
  };
}

function readRelay(reader: WireReader, raw: unknown): RelayNode | undefined {
  const node = isAbsent(raw) ? undefined : reader.object(raw);
  if (node === undefined) return undefined;
  const hostName = reader.text(node.HostName) ?? '';
  const derpPort = reader.integer(node.DERPPort ?? 0, 0, 0xffff);
  const stunPort = reader.integer(node.STUNPort ?? 0, -1, 0xffff);
  if (!HOST.test(hostName) || derpPort === undefined || stunPort === undefined) return reader.skip();
  const certName = reader.text(node.CertName) ?? '';
  return {
    name: reader.shown(node.Name),
    hostName,
    ...readFamilies(reader, node),
    ...(derpPort !== 0 && { derpPort }),
    ...(stunPort !== 0 && { stunPort }),
    ...(certName !== '' && { certName }),
    ...readTestSwitches(reader, node),
  };
}

function readFamilies(reader: WireReader, node: JsonObject): Pick<RelayNode, 'ipv4' | 'ipv6'> {
  const ipv4 = familyAddress(reader.text(node.IPv4), 4);
  const ipv6 = familyAddress(reader.text(node.IPv6), 16);
  return { ...(ipv4 !== undefined && { ipv4 }), ...(ipv6 !== undefined && { ipv6 }) };
}

/** Whatever is no address of the family, customarily `none`, says that the family is not served. */
function familyAddress(text: string | undefined, bytes: 4 | 16): string | undefined {
  if (text === undefined || text === '') return undefined;
  return parseAddress(text)?.length === bytes ? text : 'none';
}

function readTestSwitches(reader: WireReader, node: JsonObject): Pick<RelayNode, 'stunOnly' | 'insecureForTests' | 'stunTestIp'> {
  const stunTestIp = reader.text(node.STUNTestIP) ?? '';
  return {
    ...(node.STUNOnly === true && { stunOnly: true }),
    ...(node.InsecureForTests === true && { insecureForTests: true }),
    ...(parseAddress(stunTestIp) !== undefined && { stunTestIp }),
  };
}

/** Factors above 0; an empty object clears them. */
function readScores(reader: WireReader, raw: unknown): ReadonlyMap<number, number> | undefined {
  const entries = reader.entries(raw, reader.limits.regions);
  if (entries === undefined) return undefined;
  const scores = new Map<number, number>();
  for (const [key, value] of entries) {
    const id = regionId(reader, key);
    if (id === undefined) continue;
    if (typeof value === 'number' && Number.isFinite(value) && value > 0) scores.set(id, value);
    else reader.skip();
  }
  return scores;
}
