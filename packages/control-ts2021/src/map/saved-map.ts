import { isJsonObject, type JsonObject, readJsonObject } from './json-guard.js';
import type { MapNode } from './map-node.js';
import type { MapState } from './map-state.js';
import { wireDictionary, wireDns, wireNode, wireRelays, wireRules, wireUser } from './wire-form.js';

/**
 * A map that is kept, so that a node starts without its control server:
 *
 *   {"version":1,"map":{ a whole frame, as the protocol writes it }}
 *
 * What a moment later may be wrong is not kept: who is online, and what control wanted its user to know.
 */
const VERSION = 1;
/** Characters. A state file takes 4 MiB of everything; a larger tailnet starts with its control server. */
const LONGEST = 2 * 1024 * 1024;
/** Its keys, addresses and names make every node longer than this: what cannot fit is not even written. */
const SHORTEST_NODE = 150;

/** Undefined before a first frame, and for a map that would be longer. */
export function savedMap(state: MapState, longest: number = LONGEST): string | undefined {
  if (state.self === undefined || state.nodes.size * SHORTEST_NODE > longest) return undefined;
  const text = JSON.stringify({ version: VERSION, map: wireMap(state, state.self) });
  return text.length <= longest ? text : undefined;
}

/** The frame that a text holds; undefined for a text that is damaged or of another version. */
export function readSavedMap(text: string): JsonObject | undefined {
  const json = readJsonObject(new TextEncoder().encode(text));
  if ('refused' in json) return undefined;
  const { version, map } = json.value;
  return version === VERSION && isJsonObject(map) ? map : undefined;
}

function wireMap(state: MapState, self: MapNode): JsonObject {
  const lists = [...state.filters].map(([name, rules]) => [name, wireRules(rules)] as const);
  return {
    Node: { ...wireNode(self), MachineAuthorized: state.approved },
    Peers: [...state.nodes.values()].map((node) => ({ ...wireNode(node), Online: undefined })),
    UserProfiles: [...state.users.values()].map(wireUser),
    PacketFilters: wireDictionary(new Map(lists)),
    DNSConfig: wireDns(state.dns),
    DERPMap: wireRelays(state.relays),
    Domain: state.domain,
    TKAInfo: state.locked ? {} : { Disabled: true },
  };
}
