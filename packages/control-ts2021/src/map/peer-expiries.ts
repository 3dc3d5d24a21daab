import type { MapNode } from './map-node.js';
import type { Touched } from './map-state.js';

const NEVER = Number.POSITIVE_INFINITY;

/** Knows when the next peer's key expires, on the server's clock. It may be too early by a peer that has gone, never too late. */
export class PeerExpiries {
  #next = NEVER;

  get next(): number {
    return this.#next;
  }

  /** Notes what a frame changed. */
  note(nodes: ReadonlyMap<string, MapNode>, touched: Touched, serverTime: number): void {
    if (touched === 'all') this.#next = NEVER;
    for (const id of touched === 'all' ? nodes.keys() : touched) this.#noteNode(nodes.get(id), serverTime);
  }

  /** The nodes whose expiry has passed; looks for the next one. */
  passed(nodes: ReadonlyMap<string, MapNode>, serverTime: number): ReadonlySet<string> {
    const passed = new Set<string>();
    this.#next = NEVER;
    for (const node of nodes.values()) {
      if (node.keyExpiry !== undefined && node.keyExpiry <= serverTime) passed.add(node.id);
      this.#noteNode(node, serverTime);
    }
    return passed;
  }

  #noteNode(node: MapNode | undefined, serverTime: number): void {
    const at = node?.keyExpiry ?? NEVER;
    if (at > serverTime && at < this.#next) this.#next = at;
  }
}
