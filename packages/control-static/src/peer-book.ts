import { NO_SETTINGS, type PeerEntry, type PeerSettings } from './device.js';
import { isHostPrefix } from './interface-address.js';
import { PrefixEdit } from './prefix-edit.js';
import { samePeer } from './same-peer.js';

/** A peer with what follows from its prefixes. */
export interface BookedPeer extends PeerEntry {
  /** The allowed IPs that are one host each. */
  readonly hosts: readonly string[];
}

/** What a round of edits changed: peers that are new or different, and ids that are gone. */
export interface PeerChanges {
  readonly set: readonly BookedPeer[];
  readonly removed: readonly string[];
}

/** A peer that is being edited: as it was, and what changes in its prefixes. */
interface Draft {
  readonly entry: BookedPeer;
  prefixes: PrefixEdit | undefined;
}

const NO_PREFIXES: Pick<BookedPeer, 'allowedIps' | 'hosts'> = { allowedIps: [], hosts: [] };

/**
 * The peers in order, and who owns each prefix: a prefix has one owner, and giving it to another peer takes it away from the first.
 *
 * Edits apply at once and cannot fail; `commit` ends a round and says what it changed. Each edit costs what it touches.
 */
export class PeerBook {
  readonly #peers = new Map<string, Draft>();
  readonly #owners = new Map<string, string>();
  /** What the peers touched in this round were before it. */
  readonly #before = new Map<string, BookedPeer | undefined>();

  get size(): number {
    return this.#peers.size;
  }

  get(id: string): BookedPeer | undefined {
    return this.#peers.get(id)?.entry;
  }

  *[Symbol.iterator](): Iterator<BookedPeer> {
    for (const { entry } of this.#peers.values()) yield entry;
  }

  /** A peer without anything. */
  add(id: string, nodeKey: PeerEntry['nodeKey']): void {
    this.#touch(id);
    this.#peers.set(id, { entry: { id, nodeKey, ...NO_PREFIXES, ...NO_SETTINGS }, prefixes: undefined });
  }

  /** The peer exactly as given, whatever it was; it keeps its place. */
  put(entry: PeerEntry): void {
    this.#touch(entry.id);
    this.clearPrefixes(entry.id);
    this.#peers.set(entry.id, { entry: { ...entry, ...NO_PREFIXES }, prefixes: undefined });
    for (const prefix of entry.allowedIps) this.addPrefix(entry.id, prefix);
  }

  remove(id: string): void {
    if (!this.#peers.has(id)) return;
    this.clearPrefixes(id);
    this.#peers.delete(id);
  }

  clear(): void {
    for (const id of this.#peers.keys()) this.#touch(id);
    this.#peers.clear();
    this.#owners.clear();
  }

  change(id: string, settings: Partial<PeerSettings>): void {
    const draft = this.#touch(id);
    if (draft !== undefined) this.#peers.set(id, { entry: { ...draft.entry, ...settings }, prefixes: draft.prefixes });
  }

  addPrefix(id: string, prefix: string): void {
    const owner = this.#owners.get(prefix);
    if (owner === id) return;
    if (owner !== undefined) this.#prefixes(owner).remove(prefix);
    this.#owners.set(prefix, id);
    this.#prefixes(id).add(prefix);
  }

  /** Only its owner can give a prefix up. */
  removePrefix(id: string, prefix: string): void {
    if (this.#owners.get(prefix) !== id) return;
    this.#owners.delete(prefix);
    this.#prefixes(id).remove(prefix);
  }

  clearPrefixes(id: string): void {
    const draft = this.#touch(id);
    if (draft === undefined) return;
    for (const prefix of closed(draft).allowedIps) this.#owners.delete(prefix);
    this.#peers.set(id, { entry: { ...draft.entry, ...NO_PREFIXES }, prefixes: undefined });
  }

  /** Ends the round. A peer that came out as it was is the same object again. */
  commit(): PeerChanges {
    const set: BookedPeer[] = [];
    const removed: string[] = [];
    for (const [id, before] of this.#before) {
      const draft = this.#peers.get(id);
      if (draft !== undefined && !this.#settle(id, draft, before)) set.push(this.#peers.get(id)!.entry);
      if (draft === undefined && before !== undefined) removed.push(id);
    }
    this.#before.clear();
    return { set, removed };
  }

  /** True when the peer is what it was. */
  #settle(id: string, draft: Draft, before: BookedPeer | undefined): boolean {
    const entry = closed(draft);
    const same = before !== undefined && samePeer(before, entry);
    this.#peers.set(id, { entry: same ? before : entry, prefixes: undefined });
    return same;
  }

  #touch(id: string): Draft | undefined {
    const draft = this.#peers.get(id);
    if (!this.#before.has(id)) this.#before.set(id, draft?.entry);
    return draft;
  }

  #prefixes(id: string): PrefixEdit {
    const draft = this.#touch(id)!;
    draft.prefixes ??= new PrefixEdit();
    return draft.prefixes;
  }
}

function closed({ entry, prefixes }: Draft): BookedPeer {
  if (prefixes === undefined) return entry;
  return { ...entry, allowedIps: prefixes.appliedTo(entry.allowedIps, all), hosts: prefixes.appliedTo(entry.hosts, isHostPrefix) };
}

function all(): boolean {
  return true;
}
