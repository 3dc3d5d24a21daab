import { NO_SETTINGS, type PeerEntry, type PeerSettings } from './device.js';
import { samePeer } from './same-peer.js';

/** What a round of edits changed: peers that are new or different, and ids that are gone. */
export interface PeerChanges {
  readonly set: readonly PeerEntry[];
  readonly removed: readonly string[];
}

/** A peer that is being edited. Its prefixes are copied when the first of them changes. */
interface Draft {
  readonly entry: PeerEntry;
  prefixes: Set<string> | undefined;
}

/**
 * The peers in order, and who owns each prefix: a prefix has one owner, and giving it to another peer takes it away from the first.
 *
 * Edits apply at once and cannot fail; `commit` ends a round and says what it changed. Each edit costs what it touches.
 */
export class PeerBook {
  readonly #peers = new Map<string, Draft>();
  readonly #owners = new Map<string, string>();
  /** What the peers touched in this round were before it. */
  readonly #before = new Map<string, PeerEntry | undefined>();

  get size(): number {
    return this.#peers.size;
  }

  get(id: string): PeerEntry | undefined {
    return this.#peers.get(id)?.entry;
  }

  *[Symbol.iterator](): Iterator<PeerEntry> {
    for (const { entry } of this.#peers.values()) yield entry;
  }

  /** A peer without anything. */
  add(id: string, nodeKey: PeerEntry['nodeKey']): void {
    this.#touch(id);
    this.#peers.set(id, { entry: { id, nodeKey, allowedIps: [], ...NO_SETTINGS }, prefixes: undefined });
  }

  /** The peer exactly as given, whatever it was; it keeps its place. */
  put(entry: PeerEntry): void {
    this.#touch(entry.id);
    this.clearPrefixes(entry.id);
    this.#peers.set(entry.id, { entry: { ...entry, allowedIps: [] }, prefixes: new Set() });
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
    if (owner !== undefined && owner !== id) this.#prefixes(owner).delete(prefix);
    this.#owners.set(prefix, id);
    this.#prefixes(id).add(prefix);
  }

  /** Only its owner can give a prefix up. */
  removePrefix(id: string, prefix: string): void {
    if (this.#owners.get(prefix) !== id) return;
    this.#owners.delete(prefix);
    this.#prefixes(id).delete(prefix);
  }

  clearPrefixes(id: string): void {
    const draft = this.#touch(id);
    if (draft === undefined) return;
    for (const prefix of draft.prefixes ?? draft.entry.allowedIps) this.#owners.delete(prefix);
    draft.prefixes = new Set();
  }

  /** Ends the round. A peer that came out as it was is the same object again. */
  commit(): PeerChanges {
    const set: PeerEntry[] = [];
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
  #settle(id: string, draft: Draft, before: PeerEntry | undefined): boolean {
    const entry = closed(draft.entry, draft.prefixes);
    const same = before !== undefined && samePeer(before, entry);
    this.#peers.set(id, { entry: same ? before : entry, prefixes: undefined });
    return same;
  }

  #touch(id: string): Draft | undefined {
    const draft = this.#peers.get(id);
    if (!this.#before.has(id)) this.#before.set(id, draft?.entry);
    return draft;
  }

  #prefixes(id: string): Set<string> {
    const draft = this.#touch(id)!;
    draft.prefixes ??= new Set(draft.entry.allowedIps);
    return draft.prefixes;
  }
}

function closed(entry: PeerEntry, prefixes: ReadonlySet<string> | undefined): PeerEntry {
  return prefixes === undefined ? entry : { ...entry, allowedIps: [...prefixes] };
}
