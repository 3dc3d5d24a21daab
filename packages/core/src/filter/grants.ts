import type { Capabilities, FilterRule, JsonValue, PacketFilter } from '../contracts/netmap.js';
import type { Bytes } from '../contracts/packets.js';
import type { AddressSet } from './address-set.js';
import { setOf, sourcesOf } from './rules.js';

interface Grant {
  readonly sources: AddressSet;
  readonly destinations: AddressSet;
  readonly capabilities: Capabilities;
}

/** Who may do what with whom: the capabilities that the rules of a filter grant. */
export class Grants {
  readonly #grants: readonly Grant[];

  constructor(filter: PacketFilter) {
    this.#grants = filter.rules.flatMap(grantsOf);
  }

  /** What a source may do at a destination: the values under one name are joined, in the order of the rules. */
  between(source: Bytes, destination: Bytes): Capabilities {
    const granted = new Map<string, readonly JsonValue[]>();
    for (const { sources, destinations, capabilities } of this.#grants)
      if (sources.has(source) && destinations.has(destination)) joinCapabilities(granted, capabilities);
    return granted;
  }
}

/** Adds capabilities to those that are there. */
export function joinCapabilities(into: Map<string, readonly JsonValue[]>, more: Capabilities): void {
  for (const [name, values] of more) into.set(name, [...(into.get(name) ?? []), ...values]);
}

function grantsOf(rule: FilterRule): readonly Grant[] {
  const sources = rule.grants === undefined ? undefined : sourcesOf(rule);
  if (sources === undefined) return [];
  return rule.grants!.map(({ destinations, capabilities }) => ({ sources, destinations: setOf(destinations), capabilities }));
}
