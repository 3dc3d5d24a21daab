import type { Clock, RelayMap } from '@heddle/core';
import { chooseHome, measuredRegions } from '../rules/home-choice.js';
import type { RegionLink } from './region-link.js';
import { RegionMeter } from './region-meter.js';
import type { RelayStreams } from './relay-streams.js';

const MEASURE_EVERY = 300_000;
/** While a region is down: is it back? */
const MEASURE_WHILE_DOWN = 30_000;
/** A home that was heard within this time is alive. */
const HEARD_WITHIN = 15_000;

export interface HomeParts {
  readonly clock: Clock;
  readonly streams: RelayStreams;
  /** From 0 to 1. */
  readonly random: () => number;
  readonly link: (region: number) => RegionLink | undefined;
  /** The node can be reached in this region from now on. */
  readonly moved: (region: number) => void;
}

/** Finds the region where this node lives, and moves there once its relay has taken us in: never to a relay that is not connected. */
export class HomeKeeper {
  readonly #parts: HomeParts;
  readonly #meter: RegionMeter;
  readonly #fallback: number;
  #relays: RelayMap = { regions: new Map() };
  #latencies = new Map<number, number>();
  readonly #down = new Set<number>();
  #current: number | undefined;
  /** Where to move as soon as it is connected. */
  #next: number | undefined;
  #cancel = (): void => {};

  constructor(parts: HomeParts) {
    this.#parts = parts;
    this.#meter = new RegionMeter(parts.clock, parts.streams);
    this.#fallback = parts.random();
  }

  /** The region where this node is; undefined until a relay has taken it in. */
  get current(): number | undefined {
    return this.#current;
  }

  /** Where it is, or is about to be. */
  get target(): number | undefined {
    return this.#next ?? this.#current;
  }

  use(relays: RelayMap): void {
    this.#relays = relays;
    for (const id of this.#down) if (!relays.regions.has(id)) this.#down.delete(id);
    if (this.#current !== undefined && !relays.regions.has(this.#current)) this.#current = undefined;
    if (this.#next !== undefined && !relays.regions.has(this.#next)) this.#next = undefined;
    this.measure();
  }

  /** Looks again how far the regions are; a single one needs no measure. */
  measure(): void {
    const regions = measuredRegions(this.#relays);
    this.#plan();
    if (regions.length < 2) return this.#decide();
    this.#meter.start(regions, (latencies) => {
      this.#latencies = new Map(latencies);
      for (const id of latencies.keys()) this.#down.delete(id);
      this.#decide();
    });
  }

  ready(region: number): void {
    this.#down.delete(region);
    if (region === this.#next || region === this.#current) this.#settle(region);
  }

  failed(region: number, down: boolean): void {
    if (!down || this.#down.has(region)) return;
    this.#down.add(region);
    this.#latencies.delete(region);
    this.#decide();
    this.#plan();
  }

  latency(region: number, milliseconds: number): void {
    this.#latencies.set(region, milliseconds);
  }

  stop(): void {
    this.#meter.stop();
    this.#cancel();
  }

  #decide(): void {
    const home = chooseHome({
      relays: this.#relays,
      latencies: this.#latencies,
      current: this.#current,
      heard: this.#isHeard(),
      down: this.#down,
      fallback: this.#fallback,
    });
    if (home === undefined || home === this.#next) return;
    this.#dropNext();
    if (home === this.#current) return;
    this.#next = home;
    const link = this.#parts.link(home);
    link?.want(true);
    if (link?.isReady) this.#settle(home);
  }

  /** First others learn where we are, then the relays. */
  #settle(region: number): void {
    const before = this.#current;
    this.#current = region;
    this.#next = undefined;
    this.#parts.moved(region);
    this.#parts.link(region)?.prefer(true);
    if (before === undefined || before === region) return;
    this.#parts.link(before)?.prefer(false);
    this.#parts.link(before)?.want(false);
  }

  #dropNext(): void {
    if (this.#next !== undefined && this.#next !== this.#current) this.#parts.link(this.#next)?.want(false);
    this.#next = undefined;
  }

  #isHeard(): boolean {
    const heardAt = this.#current === undefined ? undefined : this.#parts.link(this.#current)?.heardAt;
    return heardAt !== undefined && this.#parts.clock.now() - heardAt < HEARD_WITHIN;
  }

  #plan(): void {
    const { clock, random } = this.#parts;
    const every = this.#down.size > 0 ? MEASURE_WHILE_DOWN : MEASURE_EVERY;
    this.#cancel();
    this.#cancel = clock.at(clock.now() + every * (0.9 + random() / 5), () => this.measure());
  }
}
