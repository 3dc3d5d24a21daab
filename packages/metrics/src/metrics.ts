import {
  type Clock,
  type Counters,
  definePlugin,
  HeddleError,
  type HeddleNode,
  type NetmapChange,
  type Plugin,
  provide,
  type Token,
  Tokens,
  token,
} from '@heddle/core';
import type { Observable, Subscription } from 'rxjs';
import { METRICS_ERRORS } from './errors.js';
import { prometheusText } from './prometheus-text.js';
import { type MetricsSnapshot, type SnapshotOptions, snapshotOf } from './snapshot.js';
import { SnapshotStream } from './snapshot-stream.js';

export interface MetricsOptions {
  /** Milliseconds between two values of `snapshots$`. Default 1,000. */
  readonly interval?: number;
  /** Label sets that one family may have; the rest is summed up as `other`. Default 200. */
  readonly labelSets?: number;
  /** Also one row a peer, `heddle_peer_path_info`, within `labelSets`. Default false. */
  readonly eachPeer?: boolean;
}

/** What a node does, as numbers. Reading costs something, being there does not. */
export interface Metrics {
  /** Every number of the node just now. */
  snapshot(): MetricsSnapshot;
  /** A snapshot at once, and one each interval. Nothing is done while nobody listens. Completes when the plugin stops. */
  readonly snapshots$: Observable<MetricsSnapshot>;
  /** The same in the text format of Prometheus. */
  text(): string;
}

/** `node.get(Metrics)`. */
export const Metrics: Token<Metrics> = token('@heddle/metrics/Metrics');

/** Numbers of the whole node under one token. May be added to a running node, and removed. Throws HEDDLE_METRICS_OPTIONS for options that cannot be. */
export function metrics(options: MetricsOptions = {}): Plugin {
  const settings = readOptions(options);
  const parts = [Tokens.Node, Tokens.Clock, Tokens.Counters] as const;
  return definePlugin({
    name: '@heddle/metrics',
    provides: [
      provide(Metrics, parts, (node, clock, counters) => new NodeMetrics({ node, clock, counters, ...settings }), {
        start: (service) => (service as NodeMetrics).start(),
        stop: (service) => (service as NodeMetrics).stop(),
      }),
    ],
    errors: METRICS_ERRORS,
  });
}

interface Settings extends SnapshotOptions {
  readonly interval: number;
}

interface NodeMetricsOptions extends Settings {
  readonly node: HeddleNode;
  readonly clock: Clock;
  readonly counters: Counters;
}

/** Reads what core counts anyway; keeps nothing but the latest netmap. */
class NodeMetrics implements Metrics {
  readonly #options: NodeMetricsOptions;
  readonly #stream: SnapshotStream<MetricsSnapshot>;
  #netmap: NetmapChange['map'] | undefined;
  #following: Subscription | undefined;

  constructor(options: NodeMetricsOptions) {
    this.#options = options;
    this.#stream = new SnapshotStream(options.clock, options.interval, () => this.snapshot());
  }

  get snapshots$(): Observable<MetricsSnapshot> {
    return this.#stream.stream$;
  }

  start(): void {
    this.#following = this.#options.node.netmap$.subscribe(({ map }) => {
      this.#netmap = map;
    });
  }

  stop(): void {
    this.#following?.unsubscribe();
    this.#stream.end();
  }

  snapshot(): MetricsSnapshot {
    const { node, clock, counters } = this.#options;
    const view = { status: node.status(), preferences: node.preferences.value, netmap: this.#netmap, shown: counters.read() };
    return snapshotOf(view, clock.wall(), this.#options);
  }

  text(): string {
    return prometheusText(this.snapshot().families);
  }
}

function readOptions({ interval = 1_000, labelSets = 200, eachPeer = false }: MetricsOptions): Settings {
  check('interval', interval, 10);
  check('labelSets', labelSets, 2);
  return { interval, labelSets, eachPeer };
}

function check(name: string, value: number, least: number): void {
  if (Number.isFinite(value) && value >= least) return;
  throw new HeddleError('HEDDLE_METRICS_OPTIONS', `metrics: ${name} is ${value}; give a number of at least ${least}`);
}
