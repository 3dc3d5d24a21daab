import type { Clock, RelayRegion } from '@heddle/core';
import { relayingNodes } from '../rules/home-choice.js';
import { CONNECT_WITHIN, type RelayStreams } from './relay-streams.js';

/** Regions that answer so much later than the first one would not become home. */
const WAIT_FOR_OTHERS = 300;

/** Measures how far regions are: the time until the first relay of each accepts a connection, which is one round trip. */
export class RegionMeter {
  readonly #clock: Clock;
  readonly #streams: RelayStreams;
  #end = (): void => {};

  constructor(clock: Clock, streams: RelayStreams) {
    this.#clock = clock;
    this.#streams = streams;
  }

  /** Milliseconds by region, for those that answered. Told once; a measurement that was stopped tells nothing. */
  start(regions: readonly RelayRegion[], done: (latencies: ReadonlyMap<number, number>) => void): void {
    this.stop();
    const latencies = new Map<number, number>();
    const asked = regions.map(() => new AbortController());
    let cancel = (): void => {};
    const finish = (tell: boolean): void => {
      this.#end = () => {};
      cancel();
      for (const each of asked) each.abort(new Error('the measurement is over'));
      if (tell) done(latencies);
    };
    const endIn = (milliseconds: number): void => {
      cancel();
      cancel = this.#clock.at(this.#clock.now() + milliseconds, () => finish(true));
    };
    this.#end = () => finish(false);
    endIn(this.#streams.connectWithin ?? CONNECT_WITHIN);
    for (const [i, region] of regions.entries())
      this.#probe(region, asked[i]!, (milliseconds) => {
        if (latencies.size === 0) endIn(WAIT_FOR_OTHERS);
        latencies.set(region.id, milliseconds);
        if (latencies.size === regions.length) endIn(0);
      });
  }

  stop(): void {
    this.#end();
  }

  /** Each has a controller of its own: hundreds that listen to one signal are taken for a leak. */
  #probe(region: RelayRegion, enough: AbortController, answered: (milliseconds: number) => void): void {
    const [node] = relayingNodes(region);
    if (node === undefined) return;
    const startedAt = this.#clock.now();
    const connected = (): void => {
      if (enough.signal.aborted) return;
      enough.abort(new Error('measured'));
      answered(this.#clock.now() - startedAt);
    };
    this.#streams.open(node, enough.signal, connected).then(
      (flow) => flow.close(),
      () => {},
    );
  }
}
