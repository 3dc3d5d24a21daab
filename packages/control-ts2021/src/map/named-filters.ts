import type { PacketFilter } from '@heddle/core';
import { type RuleList, readFilterRules } from './filter-rules.js';
import type { JsonObject } from './json-guard.js';
import { isAbsent, type WireReader } from './wire-reader.js';

/** The list that the old, single field sets. */
const BASE = 'base';
/** Never a list: null under this name forgets all lists. */
const ALL = '*';

/** Lists of rules by name. */
export type NamedFilters = ReadonlyMap<string, RuleList>;

/** The lists after a frame; the same object when the frame has none. */
export function withFilters(reader: WireReader, before: NamedFilters, frame: JsonObject): NamedFilters {
  const named = reader.entries(frame.PacketFilters, reader.limits.filterLists);
  if (named === undefined && isAbsent(frame.PacketFilter)) return before;
  const forgets = named?.some(([name, value]) => name === ALL && value === null) === true;
  const lists = new Map(forgets ? [] : before);
  if (!forgets && !isAbsent(frame.PacketFilter)) lists.set(BASE, readFilterRules(reader, frame.PacketFilter));
  for (const [name, value] of named ?? []) if (name !== ALL) setList(reader, lists, name, value);
  return lists;
}

function setList(reader: WireReader, lists: Map<string, RuleList>, name: string, raw: unknown): void {
  if (raw === null) lists.delete(name);
  else if (lists.size < reader.limits.filterLists || lists.has(name)) lists.set(name, readFilterRules(reader, raw));
  else reader.skip();
}

/** All lists one after the other, in the order of their names. Without any list nothing is accepted, and neither while one is ancient. */
export function filterOf(lists: NamedFilters): PacketFilter {
  const rules = [...lists.keys()].sort().map((name) => lists.get(name)!);
  return { rules: rules.every((list) => list !== 'ancient') ? rules.flat() : [] };
}
