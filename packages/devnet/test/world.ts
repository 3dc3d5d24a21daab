import { SeededRandom } from '@heddle/testing';
import { ControlService, type ServiceAnswer } from '../src/control/control-service.js';
import { hexOf } from '../src/hex.js';
import { MapSource } from '../src/map/map-source.js';
import type { Watcher } from '../src/map/watcher.js';
import { Access } from '../src/registry/access.js';
import { type AuthKey, AuthKeys } from '../src/registry/auth-keys.js';
import type { DevnetNode } from '../src/registry/devnet-node.js';
import { ALLOW_ALL, type Policy } from '../src/registry/policy.js';
import { Registry } from '../src/registry/registry.js';

export const DAY = 86_400_000;
/** 2026-01-01. */
export const NEW_YEAR = 1_767_225_600_000;

const RELAYS = { regions: new Map([[900, { id: 900, code: 'devnet', name: 'Devnet', nodes: [] }]]) };

// biome-ignore lint/suspicious/noExplicitAny: as sent
export type Json = any;

/** A device with its keys. */
export interface Device {
  readonly machine: string;
  readonly nodeKey: string;
  readonly hostname: string;
}

/** A control server without sockets, and time that stands still. */
export class World {
  now = 1_000;
  readonly registry: Registry = new Registry();
  readonly keys: AuthKeys = new AuthKeys();
  readonly source: MapSource;
  readonly service: ControlService;
  readonly #random = new SeededRandom('world');

  constructor(policy: Policy = ALLOW_ALL) {
    this.source = new MapSource(this.registry, new Access(policy), { domain: 'devnet.internal', records: [], resolvers: [] }, RELAYS);
    this.service = new ControlService(this.source, this.keys, { grace: 5_000, forgetAfter: 60_000 });
  }

  get wall(): number {
    return NEW_YEAR + this.now;
  }

  device(hostname: string): Device {
    return { machine: `mkey:${this.key()}`, nodeKey: `nodekey:${this.key()}`, hostname };
  }

  key(): string {
    const bytes = new Uint8Array(32);
    this.#random.fill(bytes);
    return hexOf(bytes);
  }

  /** A reusable key, unless it says otherwise. */
  authKey(text: string, more: Partial<AuthKey> = {}): string {
    this.keys.put({ key: text, user: 'alice@devnet', tags: [], reusable: true, ephemeral: false, used: false, ...more });
    return text;
  }

  /** What the server answers to a register request. */
  register({ machine, nodeKey, hostname }: Device, authKey?: string, more: Json = {}): Json {
    const body = { Version: 119, NodeKey: nodeKey, Hostinfo: { Hostname: hostname, OS: 'linux' }, ...more };
    const text = JSON.stringify({ ...body, ...(authKey !== undefined && { Auth: { AuthKey: authKey } }) });
    const answer = this.service.register(this, machine, text);
    return answer.is === 'json' ? answer.body : answer;
  }

  map({ machine, nodeKey, hostname }: Device, more: Json = {}): ServiceAnswer {
    const body = { Version: 119, NodeKey: nodeKey, Hostinfo: { Hostname: hostname, OS: 'linux' }, ...more };
    return this.service.map(this, machine, JSON.stringify(body));
  }

  /** Registers and opens a stream. */
  join(device: Device, authKey: string = this.authKey('any'), more: Json = {}): Stream {
    this.register(device, authKey);
    const answer = this.map(device, { Stream: true, ...more });
    if (answer.is !== 'stream') throw new Error(`no stream: ${JSON.stringify(answer)}`);
    return new Stream(this, answer.watcher);
  }

  node(name: string): DevnetNode {
    return this.registry.byName(name)!;
  }
}

/** The other end of a stream, which keeps what it was told as a client does. */
export class Stream {
  readonly peers = new Map<number, Json>();
  self: Json;
  filters: Json;
  readonly #world: World;
  readonly watcher: Watcher;

  constructor(world: World, watcher: Watcher) {
    this.#world = world;
    this.watcher = watcher;
  }

  get names(): string[] {
    return [...this.peers.values()].map(({ Name }) => Name.split('.')[0]).sort();
  }

  /** The next message, merged. */
  read(): Json {
    const pieces = this.watcher.next(this.#world.wall);
    if (pieces === undefined) return undefined;
    const message = JSON.parse(Buffer.concat(pieces).toString());
    if (message.Peers) this.peers.clear();
    for (const peer of [...(message.Peers ?? []), ...(message.PeersChanged ?? [])]) this.peers.set(peer.ID, peer);
    for (const id of message.PeersRemoved ?? []) this.peers.delete(id);
    for (const { NodeID, DERPRegion, ...patch } of message.PeersChangedPatch ?? [])
      this.peers.set(NodeID, { ...this.peers.get(NodeID), ...patch, ...(DERPRegion && { HomeDERP: DERPRegion }) });
    this.self = message.Node ?? this.self;
    this.filters = message.PacketFilters ?? this.filters;
    return message;
  }

  close(): void {
    this.#world.service.close(this.#world, this.watcher);
  }
}
