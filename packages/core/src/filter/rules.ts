import { PROTOCOL } from '@heddle/wire';
import type { FilterRule, PacketFilter } from '../contracts/netmap.js';
import type { Bytes } from '../contracts/packets.js';
import { type AddressRange, parseRanges } from './address-range.js';
import { AddressSet } from './address-set.js';
import type { PacketFacts } from './packet-facts.js';

const CAPABILITY = 'cap:';
const DEFAULT_PROTOCOLS: readonly number[] = [PROTOCOL.TCP, PROTOCOL.UDP, PROTOCOL.ICMP, PROTOCOL.ICMPV6];
const PROTOCOLS = 256;
const LAST_PORT = 65_535;

/** Does the sender of the packet, speaking from one of its own addresses, have the capability? */
export type HasCapability = (name: string, version: 4 | 6, slab: Bytes, source: number) => boolean;

interface Destinations {
  readonly addresses: AddressSet;
  readonly first: number;
  readonly last: number;
}

interface CompiledRule {
  readonly sources: AddressSet;
  readonly capabilities: readonly string[];
  /** A bit for each protocol number. */
  readonly protocols: Uint32Array;
  readonly destinations: readonly Destinations[];
}

/** The rules of a filter in a form that packets can be held against without allocation. What cannot be read in a rule is left out of it. */
export class CompiledRules {
  readonly #v4: readonly CompiledRule[];
  readonly #v6: readonly CompiledRule[];

  constructor(filter: PacketFilter) {
    const rules = filter.rules.map(compileRule);
    this.#v4 = rules.filter((rule) => concerns(rule, 4));
    this.#v6 = rules.filter((rule) => concerns(rule, 6));
  }

  /** A rule has protocol, source, destination and port. */
  acceptPort(slab: Bytes, facts: PacketFacts, has: HasCapability): boolean {
    const rules = this.#rules(facts);
    for (let i = 0; i < rules.length; i++) {
      const rule = rules[i]!;
      if (!speaksOf(rule, facts.protocol) || !isSource(rule, slab, facts, has)) continue;
      for (let j = 0; j < rule.destinations.length; j++) {
        const { addresses, first, last } = rule.destinations[j]!;
        const port = facts.destinationPort;
        if (port >= first && port <= last && addresses.contains(facts.version, slab, facts.destination)) return true;
      }
    }
    return false;
  }

  /** A rule has source and destination, whatever the port. A capability of the source is enough by itself. */
  acceptAddresses(slab: Bytes, facts: PacketFacts, has: HasCapability): boolean {
    const rules = this.#rules(facts);
    for (let i = 0; i < rules.length; i++) {
      const rule = rules[i]!;
      if (rule.sources.contains(facts.version, slab, facts.source) && isDestination(rule, slab, facts, false)) return true;
      if (hasAny(rule, slab, facts, has)) return true;
    }
    return false;
  }

  /** A rule has protocol, source and destination with all ports. Capabilities do not count. */
  acceptProtocol(slab: Bytes, facts: PacketFacts): boolean {
    const rules = this.#rules(facts);
    for (let i = 0; i < rules.length; i++) {
      const rule = rules[i]!;
      if (!speaksOf(rule, facts.protocol) || !rule.sources.contains(facts.version, slab, facts.source)) continue;
      if (isDestination(rule, slab, facts, true)) return true;
    }
    return false;
  }

  #rules(facts: PacketFacts): readonly CompiledRule[] {
    return facts.version === 4 ? this.#v4 : this.#v6;
  }
}

function isSource(rule: CompiledRule, slab: Bytes, facts: PacketFacts, has: HasCapability): boolean {
  return rule.sources.contains(facts.version, slab, facts.source) || hasAny(rule, slab, facts, has);
}

function hasAny(rule: CompiledRule, slab: Bytes, facts: PacketFacts, has: HasCapability): boolean {
  for (let i = 0; i < rule.capabilities.length; i++) if (has(rule.capabilities[i]!, facts.version, slab, facts.source)) return true;
  return false;
}

function isDestination(rule: CompiledRule, slab: Bytes, facts: PacketFacts, allPorts: boolean): boolean {
  for (let i = 0; i < rule.destinations.length; i++) {
    const { addresses, first, last } = rule.destinations[i]!;
    if (allPorts && (first !== 0 || last !== LAST_PORT)) continue;
    if (addresses.contains(facts.version, slab, facts.destination)) return true;
  }
  return false;
}

/** Rules without a source or a destination of the family are never asked. */
function concerns(rule: CompiledRule, version: 4 | 6): boolean {
  const reachable = rule.destinations.some(({ addresses }) => addresses.covers(version));
  return reachable && (rule.capabilities.length > 0 || rule.sources.covers(version));
}

function compileRule(rule: FilterRule): CompiledRule {
  return {
    sources: sourcesOf(rule),
    capabilities: rule.sources.filter((source) => source.startsWith(CAPABILITY)).map((source) => source.slice(CAPABILITY.length)),
    protocols: protocolBits(rule.protocols ?? DEFAULT_PROTOCOLS),
    destinations: destinationsOf(rule),
  };
}

/** The addresses of a rule's sources, without capabilities. */
export function sourcesOf(rule: FilterRule): AddressSet {
  return setOf(rule.sources.filter((source) => !source.startsWith(CAPABILITY)));
}

/** The addresses of all texts that can be read. */
export function setOf(texts: readonly string[]): AddressSet {
  return new AddressSet(texts.flatMap((text): readonly AddressRange[] => parseRanges(text) ?? []));
}

/** Destinations with the same ports become one set. */
function destinationsOf(rule: FilterRule): readonly Destinations[] {
  const byPorts = new Map<string, { first: number; last: number; texts: string[] }>();
  for (const { addresses, ports } of rule.destinations) {
    const key = `${ports.first}-${ports.last}`;
    const group = byPorts.get(key) ?? { first: ports.first, last: ports.last, texts: [] };
    group.texts.push(addresses);
    byPorts.set(key, group);
  }
  return [...byPorts.values()].map(({ first, last, texts }) => ({ first, last, addresses: setOf(texts) }));
}

function speaksOf(rule: CompiledRule, protocol: number): boolean {
  return ((rule.protocols[protocol >>> 5]! >>> (protocol & 31)) & 1) === 1;
}

/** Numbers that no packet can have are left out. */
function protocolBits(protocols: readonly number[]): Uint32Array {
  const bits = new Uint32Array(PROTOCOLS / 32);
  for (const protocol of protocols)
    if (Number.isInteger(protocol) && protocol >= 0 && protocol < PROTOCOLS) bits[protocol >>> 5]! |= 1 << (protocol & 31);
  return bits;
}
