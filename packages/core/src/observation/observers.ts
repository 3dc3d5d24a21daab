import type { FlowObserver, FlowWitness, Observation, ObservedFlow, PacketObserver } from '../contracts/observation.js';
import { FlowWatch } from './flow-watch.js';

/** Somebody who looks, until the undo or a fault. */
export interface Onlooker<T> {
  readonly observer: T;
  gone: boolean;
}

export type ClearTap = NonNullable<PacketObserver['clear']>;
export type OuterTap = NonNullable<PacketObserver['outer']>;
type Observer = PacketObserver | FlowObserver;

/** Who looks at a node. Its taps are undefined while nobody does, which is all that a batch pays for then. */
export class Observers implements Observation {
  clear: ClearTap | undefined;
  outer: OuterTap | undefined;
  readonly #fault: (name: string, where: string, error: unknown) => void;
  #packets: readonly Onlooker<PacketObserver>[] = [];
  #flows: readonly Onlooker<FlowObserver>[] = [];

  /** `fault`: an observer, by its name, threw and was removed. */
  constructor(fault: (name: string, where: string, error: unknown) => void) {
    this.#fault = fault;
  }

  packets(observer: PacketObserver): () => void {
    const onlooker = { observer, gone: false };
    this.#packets = [...this.#packets, onlooker];
    this.#setTaps();
    return () => this.#remove(onlooker);
  }

  flows(observer: FlowObserver): () => void {
    const onlooker = { observer, gone: false };
    this.#flows = [...this.#flows, onlooker];
    return () => this.#remove(onlooker);
  }

  /** True while flows have to be wrapped. */
  get watchesFlows(): boolean {
    return this.#flows.length > 0;
  }

  /** Those who want to look at this flow; undefined: nobody. */
  opened(flow: ObservedFlow): FlowWitness | undefined {
    const watch = new FlowWatch((onlooker, where, see) => this.#show(onlooker, where, see));
    for (const onlooker of this.#flows) this.#show(onlooker, 'opened', () => watch.add(onlooker, onlooker.observer.opened(flow)));
    return watch.isEmpty ? undefined : watch;
  }

  #show(onlooker: Onlooker<Observer>, where: string, see: () => void): void {
    if (onlooker.gone) return;
    try {
      see();
    } catch (error) {
      this.#remove(onlooker);
      this.#fault(onlooker.observer.name, where, error);
    }
  }

  #remove(onlooker: Onlooker<Observer>): void {
    onlooker.gone = true;
    this.#packets = this.#packets.filter((other) => other !== onlooker);
    this.#flows = this.#flows.filter((other) => other !== onlooker);
    this.#setTaps();
  }

  #setTaps(): void {
    const clear = this.#packets.filter(({ observer }) => observer.clear !== undefined);
    const outer = this.#packets.filter(({ observer }) => observer.outer !== undefined);
    this.clear = clear.length === 0 ? undefined : (...seen) => this.#each(clear, 'clear', (observer) => observer.clear?.(...seen));
    this.outer = outer.length === 0 ? undefined : (...seen) => this.#each(outer, 'outer', (observer) => observer.outer?.(...seen));
  }

  #each(onlookers: readonly Onlooker<PacketObserver>[], where: string, see: (observer: PacketObserver) => void): void {
    for (const onlooker of onlookers) this.#show(onlooker, where, () => see(onlooker.observer));
  }
}
