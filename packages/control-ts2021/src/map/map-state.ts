import type { RelayMap } from '@heddle/core';
import { type HealthTexts, NO_HEALTH, withHealth } from './health-messages.js';
import { isJsonObject, type JsonObject } from './json-guard.js';
import { type MapNode, type MapNodes, nodeOf, readNode } from './map-node.js';
import { type DnsWire, NO_DNS, readDnsConfig } from './name-config.js';
import { type NamedFilters, withFilters } from './named-filters.js';
import { withChange } from './peer-change.js';
import { NO_RELAYS, withDerpMap } from './relay-map.js';
import { type Users, withProfiles } from './user-profiles.js';
import type { WireReader } from './wire-reader.js';
import { isAbsent } from './wire-reader.js';

/** Nodes that a frame named, or `all` when it replaced them as a whole. */
export type Touched = ReadonlySet<string> | 'all';

/** Nodes of a frame; undefined for one that could not be read. */
export type NodeList = readonly (MapNode | undefined)[];

/** Members of a frame that may be as long as the tailnet is large. */
export const LONG_LISTS: readonly string[] = ['Peers', 'PeersChanged'];

/** One of them, whose items were read before. */
export interface ReadList {
  readonly name: string;
  readonly items: NodeList;
}

/** What a frame is taken with. */
export interface Merging {
  /** What "just seen" means, in wall-clock milliseconds. */
  readonly now: number;
  /** The long list of the frame, if it has one. */
  readonly list: ReadList | undefined;
  /** Nodes from before, maybe of an earlier poll: what is said of them again need not be kept twice. */
  readonly known: MapNodes;
}

/** What the frames of one poll have said so far. Absent fields of a frame leave it as it is, field by field. */
export class MapState {
  #self: MapNode | undefined;
  #approved = false;
  readonly #nodes = new Map<string, MapNode>();
  #users: Users = new Map();
  #filters: NamedFilters = new Map();
  #dns: DnsWire = NO_DNS;
  #relays: RelayMap = NO_RELAYS;
  #health: HealthTexts = NO_HEALTH;
  #domain = '';
  #locked = false;

  get self(): MapNode | undefined {
    return this.#self;
  }
  /** An administrator has let this node in. */
  get approved(): boolean {
    return this.#approved;
  }
  /** The peers, by id. */
  get nodes(): MapNodes {
    return this.#nodes;
  }
  get users(): Users {
    return this.#users;
  }
  get filters(): NamedFilters {
    return this.#filters;
  }
  get dns(): DnsWire {
    return this.#dns;
  }
  get relays(): RelayMap {
    return this.#relays;
  }
  get health(): HealthTexts {
    return this.#health;
  }
  get domain(): string {
    return this.#domain;
  }
  /** The tailnet signs its nodes. */
  get locked(): boolean {
    return this.#locked;
  }

  /** Takes what a frame says. */
  merge(reader: WireReader, frame: JsonObject, merging: Merging): Touched {
    if (!isAbsent(frame.Node)) this.#mergeSelf(reader, frame.Node);
    this.#mergeCommons(reader, frame);
    const { list } = merging;
    const peers = list?.name === 'Peers' ? list.items : frame.Peers;
    if (Array.isArray(peers) && peers.length > 0) return this.#replaceNodes(reader, readNodes(reader, frame, 'Peers', merging));
    return this.#mergeNodes(reader, frame, merging);
  }

  #mergeSelf(reader: WireReader, raw: unknown): void {
    const self = readNode(reader, raw);
    if (self === undefined) return;
    this.#self = self;
    this.#approved = isJsonObject(raw) && raw.MachineAuthorized === true;
  }

  #mergeCommons(reader: WireReader, frame: JsonObject): void {
    const dns = reader.object(frame.DNSConfig);
    const relays = reader.object(frame.DERPMap);
    const lock = reader.object(frame.TKAInfo);
    this.#users = withProfiles(reader, this.#users, frame.UserProfiles);
    this.#filters = withFilters(reader, this.#filters, frame);
    this.#health = withHealth(reader, this.#health, frame);
    if (dns !== undefined) this.#dns = readDnsConfig(reader, dns);
    if (relays !== undefined) this.#relays = withDerpMap(reader, this.#relays, relays);
    if (lock !== undefined) this.#locked = lock.Disabled !== true;
    this.#domain = reader.shown(frame.Domain) || this.#domain;
  }

  /** An empty list of all peers says nothing: it never means that there are none. */
  #mergeNodes(reader: WireReader, frame: JsonObject, merging: Merging): Touched {
    const { now } = merging;
    const touched = new Set<string>();
    this.#remove(reader, frame.PeersRemoved, touched);
    this.#set(reader, readNodes(reader, frame, 'PeersChanged', merging), touched);
    this.#changeEach(reader, frame.PeerSeenChange, touched, (node, seen) => nodeOf({ ...node, lastSeen: seen ? now : undefined }));
    this.#changeEach(reader, frame.OnlineChange, touched, (node, online) => nodeOf({ ...node, online }));
    this.#patch(reader, frame.PeersChangedPatch, touched);
    return touched;
  }

  #replaceNodes(reader: WireReader, nodes: NodeList): Touched {
    this.#nodes.clear();
    this.#set(reader, nodes, undefined);
    return 'all';
  }

  #remove(reader: WireReader, raw: unknown, touched: Set<string>): void {
    for (const id of reader.list(raw, reader.limits.peers, (item) => reader.id(item)) ?? []) {
      if (this.#nodes.delete(id)) touched.add(id);
    }
  }

  /** This node itself is never its own peer. */
  #set(reader: WireReader, nodes: NodeList, touched: Set<string> | undefined): void {
    for (const node of nodes) {
      if (node === undefined) continue;
      if (node.id === this.#self?.id || (this.#nodes.size >= reader.limits.peers && !this.#nodes.has(node.id))) reader.skip();
      else this.#put(node, touched);
    }
  }

  /** A dictionary of node id → true or false. Ids that are not known are fine. */
  #changeEach(reader: WireReader, raw: unknown, touched: Set<string>, change: (node: MapNode, value: boolean) => MapNode): void {
    for (const [key, value] of reader.entries(raw, reader.limits.peers) ?? []) {
      const node = this.#nodes.get(key);
      const yes = reader.optionalBoolean(value);
      if (node !== undefined && yes !== undefined) this.#put(change(node, yes), touched);
    }
  }

  #patch(reader: WireReader, raw: unknown, touched: Set<string>): void {
    for (const change of reader.list(raw, reader.limits.peers, (item) => reader.object(item)) ?? []) {
      const node = this.#nodes.get(reader.id(change.NodeID) ?? '');
      if (node !== undefined) this.#put(withChange(reader, node, change), touched);
    }
  }

  #put(node: MapNode, touched: Set<string> | undefined): void {
    this.#nodes.set(node.id, node);
    touched?.add(node.id);
  }
}

function readNodes(reader: WireReader, frame: JsonObject, name: 'Peers' | 'PeersChanged', { list, known }: Merging): NodeList {
  if (list?.name === name) return list.items;
  return reader.list(frame[name], reader.limits.peers, (item) => readNode(reader, item, known)) ?? [];
}
