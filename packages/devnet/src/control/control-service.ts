import type { MapSource } from '../map/map-source.js';
import { Watcher } from '../map/watcher.js';
import type { AuthKeys } from '../registry/auth-keys.js';
import { type DevnetNode, isExpired } from '../registry/devnet-node.js';
import { Presence, type PresenceOptions } from '../registry/presence.js';
import { Registration, registerAnswer } from '../registry/registration.js';
import type { ChangeKind } from '../registry/registry.js';
import { parseObject } from './json-fields.js';
import { type MapRequest, readMap, readRegister } from './request-body.js';

/** What becomes of a request. */
export type ServiceAnswer =
  | { readonly is: 'json'; readonly body: object; readonly durable: boolean }
  | { readonly is: 'stream'; readonly watcher: Watcher; readonly zstd: boolean }
  | { readonly is: 'nothing' }
  | { readonly is: 'refused'; readonly status: number; readonly text: string };

export interface ServiceTime {
  readonly now: number;
  readonly wall: number;
}

/** The control server without its connections: requests in, answers and news out. */
export class ControlService {
  /** Called when `nextDeadline` may have become another one. */
  onDeadline: () => void = () => {};
  readonly #source: MapSource;
  readonly #registration: Registration;
  readonly #presence: Presence;
  readonly #watchers = new Set<Watcher>();

  constructor(source: MapSource, keys: AuthKeys, options: PresenceOptions) {
    this.#source = source;
    this.#registration = new Registration(source.registry, keys);
    this.#presence = new Presence(options);
    source.registry.listen((id, kind) => this.#changed(id, kind));
  }

  register(time: ServiceTime, machine: string, text: string): ServiceAnswer {
    const body = parseObject(text);
    const request = body && readRegister(body, machine);
    if (request === undefined) return refused(400, 'this is no register request');
    const outcome = this.#registration.register(request, time.wall);
    if (outcome.is === 'registered' && outcome.node.ephemeral) this.#awaits(time, outcome.node.id);
    return { is: 'json', body: registerAnswer(outcome, this.#source.registry), durable: true };
  }

  map(time: ServiceTime, machine: string, text: string): ServiceAnswer {
    const body = parseObject(text);
    const request = body && readMap(body);
    if (request === undefined) return refused(400, 'this is no map request');
    const node = this.#source.registry.byKey(request.nodeKey);
    if (node === undefined || node.machine !== machine) return refused(404, 'node not found');
    if (!request.stream) return this.#told(node, request);
    if (isExpired(node, time.wall)) return refused(401, 'node key has expired');
    return this.#open(node, request);
  }

  /** A stream has ended. */
  close(time: ServiceTime, watcher: Watcher): void {
    if (!this.#watchers.delete(watcher)) return;
    this.#presence.left(time.now, watcher.id);
    if (this.#source.registry.get(watcher.id)?.ephemeral) this.#presence.awaits(time.now, watcher.id);
    this.onDeadline();
  }

  /** Everybody's access may be another one. */
  accessChanged(): void {
    for (const watcher of this.#watchers) watcher.noteAccess();
  }

  /** Does what is due. Calling it early is harmless. */
  tick({ now, wall }: ServiceTime): void {
    for (const { id, is } of this.#presence.tick(now)) {
      const node = this.#source.registry.get(id);
      if (node === undefined) continue;
      if (is === 'forgotten') this.#source.registry.remove(id);
      else this.#source.registry.change({ ...node, online: false, lastSeen: wall }, 'presence');
    }
  }

  nextDeadline(): number {
    return this.#presence.nextDeadline();
  }

  #awaits(time: ServiceTime, id: number): void {
    this.#presence.awaits(time.now, id);
    this.onDeadline();
  }

  #told(node: DevnetNode, request: MapRequest): ServiceAnswer {
    if (!request.omitPeers) return refused(400, 'ask for a stream, or set OmitPeers');
    this.#apply(node, request, node);
    return { is: 'nothing' };
  }

  #open(node: DevnetNode, request: MapRequest): ServiceAnswer {
    this.#presence.arrived(node.id);
    const { lastSeen: _, ...rest } = node;
    const isNew = this.#source.newcomers.delete(node.id);
    this.#apply({ ...rest, online: true }, request, isNew ? undefined : node);
    const watcher = new Watcher(this.#source, node.id);
    this.#watchers.add(watcher);
    return { is: 'stream', watcher, zstd: request.zstd };
  }

  /** Takes over what a node says of itself; what is as it was told before is told to nobody. */
  #apply(node: DevnetNode, request: MapRequest, before: DevnetNode | undefined): void {
    const { discoKey = node.discoKey, endpoints = node.endpoints, host: said = node.host, version } = request;
    const host = said.region === 0 ? { ...said, region: node.host.region } : said;
    const after = { ...node, ...(discoKey !== undefined && { discoKey }), endpoints, host, version };
    const kind = before === undefined ? 'whole' : kindOfChange(before, after);
    if (kind !== undefined) this.#source.registry.change(after, kind);
  }

  #changed(id: number, kind: ChangeKind): void {
    if (kind === 'new') return void this.#source.newcomers.add(id);
    if (kind === 'gone') this.#source.forget(id);
    const turnsAccess = (kind === 'whole' || kind === 'gone') && !this.#source.access.isUniform;
    for (const watcher of this.#watchers) {
      watcher.note(id, kind);
      if (turnsAccess) watcher.noteAccess();
    }
  }
}

function kindOfChange(a: DevnetNode, b: DevnetNode): (ChangeKind & ('whole' | 'place' | 'presence')) | undefined {
  const { region: regionA, ...hostA } = a.host;
  const { region: regionB, ...hostB } = b.host;
  if (a.discoKey !== b.discoKey || a.version !== b.version || !isSame(hostA, hostB)) return 'whole';
  if (regionA !== regionB || !isSame(a.endpoints, b.endpoints)) return 'place';
  return a.online === b.online ? undefined : 'presence';
}

/** Both were made by the same reader, so that their fields are in one order. */
function isSame(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

function refused(status: number, text: string): ServiceAnswer {
  return { is: 'refused', status, text };
}
