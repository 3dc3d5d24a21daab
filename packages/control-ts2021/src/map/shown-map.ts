import type { NetmapCommons, NetmapPatch, Peer, SelfConfig } from '@heddle/core';
import type { MapNode } from './map-node.js';
import type { MapState, Touched } from './map-state.js';
import { NO_DNS, nameConfigOf } from './name-config.js';
import { filterOf } from './named-filters.js';
import { hostPrefix } from './node-addresses.js';
import { isExpired, type PeerView, peerOf } from './peer-of-node.js';
import { sameValue } from './same-value.js';

/** What fits through any underlay: 1,360 bytes outside at most. */
const TAILNET_MTU = 1280;

/**
 * What the listeners of the netmap know. It turns the state of a poll into the patch that leads there: what says the same as before stays
 * the same object and is not in the patch, also when a new poll has told everything again.
 */
export class ShownMap {
  readonly #peers = new Map<string, Peer>();
  #self: SelfConfig | undefined;
  #commons: NetmapCommons = {};
  #from: CommonsSource | undefined;
  #ownAddresses: readonly string[] = [];
  /** Our own key has expired: there are no peers and no names. */
  #closed = false;

  /** The patch from what was shown to what the state says now; undefined when that is the same. */
  update(state: MapState, touched: Touched, serverTime: number): NetmapPatch | undefined {
    const self = state.self;
    if (self === undefined) return undefined;
    const whole = this.#follow(self, serverTime) || touched === 'all';
    const view = { ownAddresses: this.#ownAddresses, serverTime };
    const peers = whole ? this.#showAll(state, view) : this.#show(state, touched as ReadonlySet<string>, view);
    const rest = { ...this.#showSelf(self, serverTime), ...this.#showCommons(state) };
    return peers.set.length + peers.removed.length === 0 && Object.keys(rest).length === 0 ? undefined : { ...rest, ...peers };
  }

  /** True when this node itself has changed so that every peer looks different. */
  #follow(self: MapNode, serverTime: number): boolean {
    const closed = isExpired(self, serverTime);
    const changed = closed !== this.#closed || !sameValue(self.addresses, this.#ownAddresses);
    this.#closed = closed;
    this.#ownAddresses = self.addresses;
    return changed;
  }

  #showAll(state: MapState, view: PeerView): Pick<NetmapPatch, 'set' | 'removed'> {
    const ids = this.#peers.size === 0 ? state.nodes.keys() : new Set([...this.#peers.keys(), ...state.nodes.keys()]);
    return this.#show(state, ids, view);
  }

  #show(state: MapState, ids: Iterable<string>, view: PeerView): Pick<NetmapPatch, 'set' | 'removed'> {
    const set: Peer[] = [];
    const removed: string[] = [];
    for (const id of ids) {
      const node = this.#closed ? undefined : state.nodes.get(id);
      if (node === undefined) {
        if (this.#peers.delete(id)) removed.push(id);
        continue;
      }
      const before = this.#peers.get(id);
      const peer = peerOf(node, view);
      if (isShown(before, peer)) continue;
      this.#peers.set(id, peer);
      set.push(peer);
    }
    return { set, removed };
  }

  #showSelf(node: MapNode, serverTime: number): Pick<NetmapPatch, 'self'> {
    const shown = peerOf(node, { ownAddresses: [], serverTime });
    if (shown === this.#self?.node) return {};
    const self: SelfConfig = {
      name: node.name,
      addresses: node.addresses.map(hostPrefix),
      mtu: TAILNET_MTU,
      node: shown,
    };
    if (sameValue(this.#self, self)) return {};
    this.#self = self;
    return { self };
  }

  /** What changed of the commons. */
  #showCommons(state: MapState): NetmapCommons {
    const { users, relays, domain, filters } = state;
    const dns = this.#closed ? NO_DNS : state.dns;
    const from: CommonsSource = { users, relays, domain, filters, dns, name: state.self?.name ?? '' };
    const before = this.#from;
    if (before !== undefined && isSameSource(before, from)) return {};
    this.#from = from;
    const names = nameConfigOf(dns, from.name);
    const now = { users, names, relays, domain, ...(filters !== before?.filters && { filter: filterOf(filters) }) };
    const changed = changedMembers(this.#commons, now);
    this.#commons = { ...this.#commons, ...changed };
    return changed;
  }
}

/** What the commons follow from. */
interface CommonsSource extends Pick<MapState, 'users' | 'relays' | 'domain' | 'filters' | 'dns'> {
  readonly name: string;
}

function isSameSource(a: CommonsSource, b: CommonsSource): boolean {
  const isSame = a.users === b.users && a.relays === b.relays && a.domain === b.domain;
  return isSame && a.filters === b.filters && a.dns === b.dns && a.name === b.name;
}

/** What changes most is compared first. */
function isShown(before: Peer | undefined, peer: Peer): boolean {
  return before !== undefined && before.online === peer.online && sameValue(before, peer);
}

function changedMembers(before: NetmapCommons, now: NetmapCommons): NetmapCommons {
  const names = Object.keys(now) as (keyof NetmapCommons)[];
  return Object.fromEntries(names.filter((name) => !sameValue(before[name], now[name])).map((name) => [name, now[name]]));
}
