import type { PathTraffic } from '../contracts/path-selector.js';

/** What went to each peer and came back by its primary path, for probers. By the engine's peer number; costs an addition a batch. */
export class TrafficCounts {
  readonly #sent: number[] = [];
  readonly #heard: number[] = [];
  readonly #watched: boolean[] = [];

  /** True when somebody waits for this. */
  sent(peer: number): boolean {
    this.#sent[peer] = (this.#sent[peer] ?? 0) + 1;
    const watched = this.#watched[peer] === true;
    if (watched) this.#watched[peer] = false;
    return watched;
  }

  heard(peer: number): void {
    this.#heard[peer] = (this.#heard[peer] ?? 0) + 1;
  }

  /** The next packet to this peer is told of. */
  watch(peer: number): void {
    this.#watched[peer] = true;
  }

  of(peer: number): Omit<PathTraffic, 'primary'> {
    return { sent: this.#sent[peer] ?? 0, heard: this.#heard[peer] ?? 0 };
  }
}
