import type { DevnetNode } from '../registry/devnet-node.js';
import type { ChangeKind } from '../registry/registry.js';
import { timeText } from '../rfc3339.js';
import { listItem, type MapField, type MapMessage, mapMessage } from './map-message.js';
import type { MapSource } from './map-source.js';
import { placeJson, presenceJson } from './node-json.js';

/** The larger change wins; what is gone is gone until it is there as a whole again. */
const RANK: Readonly<Record<ChangeKind, number>> = { presence: 0, place: 1, whole: 2, new: 2, gone: 2 };

/** One node's stream of maps: remembers what it was told, and what has changed since. Its memory is bounded by the number of nodes. */
export class Watcher {
  readonly id: number;
  readonly #source: MapSource;
  readonly #pending = new Map<number, ChangeKind>();
  /** Nodes that it knows. */
  readonly #told = new Set<number>();
  #filter = '';
  /** What it may do. */
  #capabilities = '';
  #started = false;
  #accessChanged = false;

  constructor(source: MapSource, id: number) {
    this.#source = source;
    this.id = id;
  }

  /** True when `next` has something to say. */
  get hasNews(): boolean {
    return !this.#started || this.#accessChanged || this.#pending.size > 0;
  }

  note(id: number, kind: ChangeKind): void {
    const before = this.#pending.get(id);
    if (before === undefined || RANK[kind] >= RANK[before]) this.#pending.set(id, kind);
  }

  /** The policy is another one, or what it says follows from nodes that changed. */
  noteAccess(): void {
    this.#accessChanged = true;
  }

  /** The next message; undefined when there is nothing to say, or the node itself is gone. */
  next(wall: number): MapMessage | undefined {
    const self = this.#source.registry.get(this.id);
    if (self === undefined || !this.hasNews) return undefined;
    return this.#started ? this.#delta(self, wall) : this.#first(self, wall);
  }

  #first(self: DevnetNode, wall: number): MapMessage {
    const peers = this.#visible(self);
    for (const peer of peers) this.#told.add(peer.id);
    this.#settle();
    this.#started = true;
    const source = this.#source;
    this.#filter = source.filterText(self);
    this.#capabilities = capabilitiesText(source, self);
    return mapMessage([
      ['Node', source.selfText(self)],
      ['Peers', peers.map((peer) => source.nodeItem(peer, self.version))],
      ['DERPMap', source.relaysText()],
      ['DNSConfig', source.dnsText(self)],
      ['Domain', JSON.stringify(source.names.domain)],
      ['PacketFilters', this.#filter],
      ['UserProfiles', source.usersText([self, ...peers])],
      ['Debug', '{"DisableLogTail":true}'],
      ['ControlTime', JSON.stringify(timeText(wall))],
    ]);
  }

  #delta(self: DevnetNode, wall: number): MapMessage | undefined {
    if (this.#accessChanged) this.#noteVisibility(self);
    const news = this.#news(self);
    const filter = this.#accessChanged ? this.#source.filterText(self) : this.#filter;
    const capabilities = capabilitiesText(this.#source, self);
    const allowedOther = capabilities !== this.#capabilities;
    const selfChanged = allowedOther || this.#pending.has(this.id);
    this.#settle();
    const fields: MapField[] = [
      ['Node', selfChanged ? this.#source.selfText(self) : ''],
      ['DNSConfig', allowedOther ? this.#source.dnsText(self) : ''],
      ['PeersChanged', news.changed.map((peer) => this.#source.nodeItem(peer, self.version))],
      ['PeersRemoved', news.removed.length === 0 ? '' : JSON.stringify(news.removed)],
      ['PeersChangedPatch', news.patches.map((patch) => listItem(JSON.stringify(patch)))],
      ['UserProfiles', news.changed.length === 0 ? '' : this.#source.usersText(news.changed)],
      ['PacketFilters', filter === this.#filter ? '' : filter],
    ];
    this.#filter = filter;
    this.#capabilities = capabilities;
    if (fields.every(([, value]) => value.length === 0)) return undefined;
    return mapMessage([...fields, ['ControlTime', JSON.stringify(timeText(wall))]]);
  }

  #settle(): void {
    this.#pending.clear();
    this.#accessChanged = false;
  }

  /** Who came into sight or went out of it by a change of access is as good as changed. */
  #noteVisibility(self: DevnetNode): void {
    const visible = new Set(this.#visible(self).map(({ id }) => id));
    for (const id of visible) if (!this.#told.has(id)) this.note(id, 'whole');
    for (const id of this.#told) if (!visible.has(id)) this.note(id, 'gone');
  }

  #news(self: DevnetNode): { readonly changed: DevnetNode[]; readonly removed: number[]; readonly patches: object[] } {
    const news = { changed: [] as DevnetNode[], removed: [] as number[], patches: [] as object[] };
    for (const [id, kind] of this.#pending) {
      if (id === this.id) continue;
      const peer = this.#source.registry.get(id);
      if (peer === undefined || !this.#source.sees(self, peer)) {
        if (this.#told.delete(id)) news.removed.push(id);
      } else if (RANK[kind] === RANK.whole || !this.#told.has(id)) {
        this.#told.add(id);
        news.changed.push(peer);
      } else news.patches.push(kind === 'place' ? placeJson(peer) : presenceJson(peer));
    }
    return news;
  }

  #visible(self: DevnetNode): DevnetNode[] {
    const visible: DevnetNode[] = [];
    for (const node of this.#source.registry.nodes()) if (node.id !== this.id && this.#source.sees(self, node)) visible.push(node);
    return visible;
  }
}

function capabilitiesText({ access }: MapSource, node: DevnetNode): string {
  return access.capabilitiesOf(node).join();
}
