import { type ControlContext, type Health, type HostLookup, type NetmapChange, NetmapStream, type Peer } from '@heddle/core';
import type { Observable } from 'rxjs';
import type { InterfaceEntry, PeerEntry } from './device.js';
import type { DeviceState } from './device-state.js';
import { NameKeeper } from './name-keeper.js';
import { peerOf, selfOf } from './netmap-values.js';
import type { BookedPeer, PeerChanges } from './peer-book.js';
import { sameSelf } from './same-peer.js';

export interface NetmapWriterOptions {
  readonly state: DeviceState;
  readonly lookup: HostLookup | undefined;
  readonly health: (health: Health) => void;
}

/** Keeps the netmap in line with the configuration and with what its host names resolve to, by differences. */
export class NetmapWriter {
  readonly #options: NetmapWriterOptions;
  readonly #stream = new NetmapStream();
  #names: NameKeeper | undefined;
  #open = false;
  /** What the netmap says about the own side. */
  #shown: InterfaceEntry | undefined;

  constructor(options: NetmapWriterOptions) {
    this.#options = options;
  }

  get changes$(): Observable<NetmapChange> {
    return this.#stream.changes$;
  }

  open({ clock }: ControlContext): void {
    const { lookup, health, state } = this.#options;
    if (lookup !== undefined) this.#names = new NameKeeper({ lookup, clock, health, changed: (ids) => this.#resolved(ids) });
    this.#open = true;
    this.#shown = state.self;
    this.#useNames(state.peers);
    this.#stream.replace(
      selfOf(state.self),
      Array.from(state.peers, (entry) => this.#peerOf(entry)),
    );
    this.#names?.ask();
  }

  /** Shows what a round of edits changed. */
  show({ set, removed }: PeerChanges): void {
    if (!this.#open) return;
    this.#useNames(set);
    for (const id of removed) this.#names?.use(id, undefined);
    this.#patch(set, removed);
    this.#names?.ask();
  }

  /** Looks all host names up again. */
  refresh(): void {
    this.#names?.refresh();
    this.#names?.ask();
  }

  close(): void {
    this.#open = false;
    this.#names?.close();
    this.#stream.complete();
  }

  #patch(set: readonly BookedPeer[], removed: readonly string[]): void {
    const { self } = this.#options.state;
    const selfChanged = this.#shown === undefined || !sameSelf(this.#shown, self);
    if (!selfChanged && set.length === 0 && removed.length === 0) return;
    this.#shown = self;
    this.#stream.patch({ set: set.map((entry) => this.#peerOf(entry)), removed, ...(selfChanged && { self: selfOf(self) }) });
  }

  #resolved(ids: readonly string[]): void {
    const { peers } = this.#options.state;
    this.#patch(
      ids.map((id) => peers.get(id)).filter((entry) => entry !== undefined),
      [],
    );
  }

  #useNames(entries: Iterable<PeerEntry>): void {
    for (const { id, endpoint } of entries) this.#names?.use(id, endpoint !== undefined && 'host' in endpoint ? endpoint.host : undefined);
  }

  #peerOf(entry: BookedPeer): Peer {
    return peerOf(entry, (host) => this.#names?.addressesOf(host) ?? []);
  }
}
