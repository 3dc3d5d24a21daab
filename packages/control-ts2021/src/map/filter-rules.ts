import type { Capabilities, FilterRule, JsonValue, PortRange } from '@heddle/core';
import { formatPrefix, maskAddress, type Prefix, parseAddress } from '@heddle/wire';
import { readCapabilities, withNames } from './capability-map.js';
import { isJsonObject, type JsonObject } from './json-guard.js';
import { isAbsent, type WireReader } from './wire-reader.js';

const CAPABILITY = 'cap:';
const ALL_PORTS: PortRange = { first: 0, last: 0xffff };

type Grant = NonNullable<FilterRule['grants']>[number];
type Destination = FilterRule['destinations'][number];

/** A list of rules, or what makes all lists beside it accept nothing, too: fields of ancient times, of which nobody knows any more what they would forbid. */
export type RuleList = readonly FilterRule[] | 'ancient';

/** An entry that cannot be read is left out, so that it never widens a rule; a list that is none at all accepts nothing. */
export function readFilterRules(reader: WireReader, raw: unknown): RuleList {
  if (!Array.isArray(raw) || !raw.some((rule) => isJsonObject(rule) && isAncient(rule)))
    return reader.list(raw, reader.limits.filterRules, (rule) => readRule(reader, rule)) ?? [];
  reader.skip();
  return 'ancient';
}

function isAncient(rule: JsonObject): boolean {
  const hasBits = (port: unknown): boolean => isJsonObject(port) && !isAbsent(port.Bits);
  return isFilled(rule.SrcBits) || (Array.isArray(rule.DstPorts) && rule.DstPorts.some(hasBits));
}

function isFilled(raw: unknown): boolean {
  return !isAbsent(raw) && !(Array.isArray(raw) && raw.length === 0);
}

function readRule(reader: WireReader, raw: unknown): FilterRule | undefined {
  if (!isJsonObject(raw)) return reader.skip();
  const most = reader.limits.ruleEntries;
  const protocols = readProtocols(reader, raw.IPProto);
  const grants = reader.list(raw.CapGrant, most, (item) => readGrant(reader, item)) ?? [];
  return {
    sources: reader.list(raw.SrcIPs, most, (item) => readSource(reader, item)) ?? [],
    destinations: reader.list(raw.DstPorts, most, (item) => readDestination(reader, item)) ?? [],
    ...(protocols !== undefined && { protocols }),
    ...(grants.length > 0 && { grants }),
  };
}

/** Undefined for the usual four; empty when only such numbers were named as no protocol has. */
function readProtocols(reader: WireReader, raw: unknown): readonly number[] | undefined {
  return isFilled(raw) ? reader.list(raw, 256, (item) => reader.integer(item, 0, 255)) : undefined;
}

function readSource(reader: WireReader, raw: unknown): string | undefined {
  const text = reader.text(raw) ?? '';
  return (text.startsWith(CAPABILITY) && text.length > CAPABILITY.length) || isAddressSet(text) ? text : reader.skip();
}

function readDestination(reader: WireReader, raw: unknown): Destination | undefined {
  const entry = reader.object(raw);
  const addresses = reader.text(entry?.IP) ?? '';
  const ports = readPorts(reader, entry?.Ports);
  return isAddressSet(addresses) && ports !== undefined ? { addresses, ports } : reader.skip();
}

/** Ends that are left out are 0. A range without any port still names its addresses, for what has no ports. */
function readPorts(reader: WireReader, raw: unknown): PortRange | undefined {
  const range = isAbsent(raw) ? {} : reader.object(raw);
  const first = reader.integer(range?.First ?? 0, 0, ALL_PORTS.last);
  const last = reader.integer(range?.Last ?? 0, 0, ALL_PORTS.last);
  return range === undefined || first === undefined || last === undefined ? undefined : { first, last };
}

function readGrant(reader: WireReader, raw: unknown): Grant | undefined {
  if (!isJsonObject(raw)) return reader.skip();
  const destinations = reader.list(raw.Dsts, reader.limits.ruleEntries, (item) => readGrantDestination(reader, item)) ?? [];
  const capabilities: Capabilities = withNames(reader, readCapabilities(reader, raw.CapMap), raw.Caps) ?? new Map<string, JsonValue[]>();
  return destinations.length === 0 || capabilities.size === 0 ? undefined : { destinations, capabilities };
}

/** Unlike those of rules, prefixes of grants may have host bits, which mean nothing. */
function readGrantDestination(reader: WireReader, raw: unknown): string | undefined {
  const text = reader.text(raw) ?? '';
  return isAddressSet(text) ? text : (withoutHostBits(text) ?? reader.skip());
}

/** `*`, an address, a prefix without host bits, or a range from the lower to the higher address of one family. */
function isAddressSet(text: string): boolean {
  if (text === '*') return true;
  if (text.includes('-')) return isRange(text);
  return text.includes('/') ? isPrefix(text) : parseAddress(text) !== undefined;
}

function isPrefix(text: string): boolean {
  const prefix = readPrefix(text);
  return prefix !== undefined && maskAddress(prefix.address, prefix.bits).every((byte, i) => byte === prefix.address[i]);
}

function withoutHostBits(text: string): string | undefined {
  const prefix = readPrefix(text);
  return prefix && formatPrefix({ address: maskAddress(prefix.address, prefix.bits), bits: prefix.bits });
}

function readPrefix(text: string): Prefix | undefined {
  const slash = text.indexOf('/');
  const address = parseAddress(text.slice(0, Math.max(slash, 0)));
  const length = text.slice(slash + 1);
  if (address === undefined || !/^(0|[1-9][0-9]{0,2})$/.test(length) || Number(length) > 8 * address.length) return undefined;
  return { address, bits: Number(length) };
}

function isRange(text: string): boolean {
  const dash = text.indexOf('-');
  const first = parseAddress(text.slice(0, dash));
  const last = parseAddress(text.slice(dash + 1));
  if (first === undefined || last === undefined || first.length !== last.length) return false;
  const differs = first.findIndex((byte, i) => byte !== last[i]);
  return differs < 0 || first[differs]! < last[differs]!;
}
